// Weights that native/torch's own convolutions have laid out once, for inference.
#pragma once

#include <ATen/ATen.h>

#include "behind.h"

namespace coverslip {

struct PackedWeights {
    at::Tensor packed;
    int64_t outputs;
    // image [N, C, H, W] channels-last -> [N, outputs, H, W] channels-last.
    at::Tensor (*compute)(const at::Tensor& image, const at::Tensor& packed, int64_t outputs, const Behind&);
};

// Stride 1, 3x3 with zeros around and 1x1; weight [K, C, 3, 3] or [K, C, 1, 1], float32 on a processor with kernels.
PackedWeights packOwn3x3(const at::Tensor& weight);
PackedWeights packOwn1x1(const at::Tensor& weight);

}  // namespace coverslip
