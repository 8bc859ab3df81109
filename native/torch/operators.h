// What this library's own operators share: which tensors they serve themselves. All others go to
// libtorch's operators.
#pragma once

#include "rows.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <optional>

namespace coverslip {

// libtorch's optional became the standard's in 2.4 and lost its own name later.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
using OptionalTensor = std::optional<at::Tensor>;
#else
using OptionalTensor = c10::optional<at::Tensor>;
#endif

inline bool served(const at::Tensor& tensor) {
    return rows::kernels() && tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.numel() > 0;
}

// A served tensor says that this processor has kernels; who did not ask gets an error instead of a null pointer.
template <class Kernels>
const Kernels& present(const Kernels* kernels) {
    TORCH_CHECK(kernels, "coverslip: this processor has no kernels of ours, and libtorch's operator was not taken");
    return *kernels;
}

inline bool served(const OptionalTensor& tensor) { return !tensor || served(*tensor); }

inline at::Tensor channelsLast(const at::Tensor& image) { return image.contiguous(at::MemoryFormat::ChannelsLast); }

}  // namespace coverslip
