// The reference of the boxed-call bench: at::add on four elements, called directly; prints ns per call, best of 15
// rounds.
#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

int main() {
    at::AutoGradMode off(false);
    const at::Tensor a = at::ones({4}), b = at::ones({4});
    constexpr int calls = 200000;
    double best = 1e300;
    for (int round = 0; round < 15; round++) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; i++) at::Tensor sum = at::add(a, b);
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / calls);
    }
    std::printf("%.1f\n", best);
}
