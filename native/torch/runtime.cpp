// The process: seed and random state, threads, devices and their memory.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include "convert.h"

using namespace coverslip;

CT_API int32_t ct_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

// The generator's state of a device, as a byte tensor; with `state` given, sets it first.
CT_API int32_t ct_random_state(int32_t device, int32_t index, CtTensor* state, CtTensor** result) {
    return guarded([&] {
        auto generator = at::globalContext().defaultGenerator(
            c10::Device(static_cast<at::DeviceType>(device), device == 0 ? -1 : index));
        if (state) generator.set_state(borrow(state));
        *result = give(generator.get_state());
    });
}

// Threads of an operator; a positive number sets it.
CT_API int32_t ct_threads(int32_t threads) {
    if (threads > 0) at::set_num_threads(threads);
    return at::get_num_threads();
}

CT_API int32_t ct_cuda_devices() {
    int32_t count = 0;
    guarded([&] { count = torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0; });
    return count;
}

// Waits for a GPU's queued work, so that a clock read afterwards means something.
CT_API int32_t ct_cuda_synchronize(int32_t index) {
    return guarded([&] { torch::cuda::synchronize(index); });
}
