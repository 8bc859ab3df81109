// How this library's own operators share their work out. Reproducible means that results do not depend on the number of
// threads: sums over pixels are then taken in kShares fixed shares, and libtorch's operators, which cannot promise
// that, get one thread while ours use all.
#pragma once

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace coverslip {

// Threads of ours while the process is reproducible; 0 while it is not.
int reproducibleThreads();

// Shares of a sum that is taken in parts.
constexpr int64_t kShares = 16;
inline int64_t shares(int64_t most) {
    const int64_t wanted = reproducibleThreads() > 0 ? kShares : at::get_num_threads();
    return std::max<int64_t>(1, std::min(wanted, most));
}

// OpenMP's threads for the calling thread, until destroyed.
class OwnThreads {
public:
    explicit OwnThreads(int threads) : before_(at::get_num_threads()) { omp_set_num_threads(threads); }
    ~OwnThreads() { omp_set_num_threads(before_); }
    OwnThreads(const OwnThreads&) = delete;
    OwnThreads& operator=(const OwnThreads&) = delete;

private:
    int before_;
};

// at::parallel_for with the threads of ours.
template <class Do>
void forAll(int64_t begin, int64_t end, int64_t grain, const Do& act) {
    const int threads = reproducibleThreads();
    if (threads == 0 || at::in_parallel_region()) return at::parallel_for(begin, end, grain, act);
    const OwnThreads own(threads);
    at::parallel_for(begin, end, grain, act);
}

}  // namespace coverslip
