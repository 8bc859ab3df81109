// One tensor's life: described, shared, released; and this thread's last error.
#include <ATen/ATen.h>
#include <torch/version.h>

#include "convert.h"

namespace coverslip {

std::atomic<int64_t> live_tensors{0};

namespace {
thread_local std::string last_error;
}

void set_error(std::string text) { last_error = std::move(text); }

std::vector<at::Tensor> invoke(CtFunction function, void* context, const std::vector<at::Tensor>& inputs) {
    std::vector<CtTensor*> given;
    for (const auto& input : inputs) given.push_back(give(input));
    CtTensor* results[16];
    const int32_t count = function(context, given.data(), static_cast<int32_t>(given.size()), results);
    if (count < 0) throw std::runtime_error("a managed function failed");
    std::vector<at::Tensor> outputs;
    for (int32_t i = 0; i < count; i++) outputs.push_back(take(results[i]));
    return outputs;
}

}  // namespace coverslip

using namespace coverslip;

CT_API const char* ct_last_error() { return last_error.c_str(); }

CT_API void ct_release(CtTensor* tensor) { take(tensor); }

// A second owned reference to the same tensor.
CT_API CtTensor* ct_share(CtTensor* tensor) { return give(borrow(tensor)); }

// References that were handed out and not yet released.
CT_API int64_t ct_live() { return live_tensors.load(); }

CT_API int32_t ct_info(CtTensor* pointer, CtInfo* info) {
    return guarded([&] {
        const at::Tensor tensor = borrow(pointer);
        if (tensor.dim() > 8) throw std::length_error("tensors of more than eight dimensions are not described");
        info->dimensions = static_cast<int32_t>(tensor.dim());
        for (int64_t i = 0; i < tensor.dim(); i++) {
            info->shape[i] = tensor.size(i);
            info->strides[i] = tensor.stride(i);
        }
        info->data = tensor.data_ptr();
        info->dtype = static_cast<int32_t>(tensor.scalar_type());
        info->device = static_cast<int32_t>(tensor.device().type());
        info->device_index = tensor.device().has_index() ? tensor.device().index() : 0;
        info->requires_grad = tensor.requires_grad();
        info->channels_last = tensor.dim() == 4 && tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
    });
}

// "1.13.0" and so on: the libtorch that this library was compiled against.
CT_API const char* ct_version() { return TORCH_VERSION; }
