// Between C pointers and libtorch's types, and the one place where exceptions become error codes.
#pragma once
#include <ATen/core/Tensor.h>
#include <atomic>
#include <string>
#include <vector>

#include "coverslip_torch.h"

namespace coverslip {

extern std::atomic<int64_t> live_tensors;
void set_error(std::string text);

inline CtTensor* give(at::Tensor tensor) {
    if (!tensor.defined()) return nullptr;
    live_tensors.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<CtTensor*>(tensor.unsafeReleaseTensorImpl());
}

inline at::Tensor borrow(CtTensor* tensor) {
    if (!tensor) return {};
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::unsafe_reclaim_from_nonowning(
        reinterpret_cast<c10::TensorImpl*>(tensor)));
}

// Takes the caller's reference over.
inline at::Tensor take(CtTensor* tensor) {
    if (!tensor) return {};
    live_tensors.fetch_sub(1, std::memory_order_relaxed);
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(
        reinterpret_cast<c10::TensorImpl*>(tensor)));
}

// Calls a managed function on tensors; whatever it reports as failed becomes an exception again.
std::vector<at::Tensor> invoke(CtFunction function, void* context, const std::vector<at::Tensor>& inputs);

std::string describe(const at::Tensor& tensor);

// Runs `body`; whatever it throws is kept as this thread's last error, so that nothing native ends the process.
template <class Body>
int32_t guarded(Body&& body) {
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        set_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_error(error.what());
    } catch (...) {
        set_error("an exception of unknown type");
    }
    return 1;
}

}  // namespace coverslip
