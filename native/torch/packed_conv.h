// Weights that native/torch's own convolutions have laid out once, for inference.
#pragma once

#include <ATen/ATen.h>

#include "behind.h"

#include <functional>

namespace coverslip {

// image [N, C, H, W] channels-last -> [N, K, H', W'] channels-last, and what stands behind it; `added` may be
// undefined.
using OwnConvolution = std::function<at::Tensor(const at::Tensor& image, const at::Tensor& added, const Clamped&)>;

// How a kernel walks over rows and columns.
struct KernelWalk {
    int64_t stride, dilation, rowPadding, columnPadding;
};

// Weight [K, C, h, w], float32 on a processor with kernels; images of float32, with 3x3 also of bfloat16. 1x1 of stride
// 1, 3x3 of stride 1 with 0 or 1 zeros around, and kernels of any size that walk in any way.
OwnConvolution packOwn1x1(const at::Tensor& weight);
OwnConvolution packOwn3x3(const at::Tensor& weight, int64_t padding);
OwnConvolution packOwnWalk(const at::Tensor& weight, const KernelWalk&);

}  // namespace coverslip
