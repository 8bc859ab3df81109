// The process: seed and random state, threads, devices and their memory.
#include <ATen/ATen.h>
#include <torch/cuda.h>

#include <atomic>
#include <mutex>

#include "convert.h"
#include "threads.h"

using namespace coverslip;

// OpenBLAS has threads of its own, which libtorch does not ask for; other builds of libtorch have no OpenBLAS.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int threads);
extern "C" __attribute__((weak)) int openblas_get_num_threads();

namespace {

std::atomic<int> own_threads{0};

// Threads of operators on a thread that computes a batch beside others; 0 on all other threads.
thread_local int share = 0, before_share = 0;
std::mutex sharing;
int sharers = 0, blas_before = 0;

void setLibraryThreads(int threads) {
    at::set_num_threads(threads);
    if (openblas_set_num_threads) openblas_set_num_threads(threads);
}

}  // namespace

int coverslip::reproducibleThreads() { return own_threads > 0 && share > 0 ? share : own_threads.load(); }

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

// Threads of an operator; a positive number sets it. Where results are reproducible, of an operator of ours.
CT_API int32_t ct_threads(int32_t threads) {
    if (own_threads > 0) {
        if (threads > 0) own_threads = threads;
        return own_threads;
    }
    if (threads > 0) at::set_num_threads(threads);
    return at::get_num_threads();
}

// Whether results do not depend on the number of threads (threads.h); 0 or 1 sets it, another number asks.
CT_API int32_t ct_reproducible(int32_t reproducible) {
    const int own = own_threads;
    if (reproducible == 1 && own == 0) {
        own_threads = at::get_num_threads();
        setLibraryThreads(1);
    } else if (reproducible == 0 && own > 0) {
        own_threads = 0;
        setLibraryThreads(own);
    }
    return own_threads > 0;
}

// So many threads for the operators that the calling thread asks for, until asked with 0. OpenBLAS's threads, which all
// threads of the process share, stand aside meanwhile.
CT_API void ct_thread_share(int32_t threads) {
    if ((threads > 0) == (share > 0)) return;
    if (threads > 0) before_share = at::get_num_threads();  // libtorch sets a new thread's number when first asked
    {
        const std::lock_guard<std::mutex> lock(sharing);
        if (openblas_set_num_threads && openblas_get_num_threads) {
            if (threads > 0 && sharers == 0) blas_before = openblas_get_num_threads();
            sharers += threads > 0 ? 1 : -1;
            if (sharers == 0 || threads > 0) openblas_set_num_threads(threads > 0 ? 1 : blas_before);
        }
    }
    share = threads;
    omp_set_num_threads(threads == 0 ? before_share : own_threads > 0 ? 1 : threads);
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
