// The Winograd kernels for processors with AVX-512.
#include "winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Everything below, and only that: headers shared with other files stand above, or the linker might keep this copy of
// their inline functions for all processors.
#pragma GCC target("avx512f,avx2,fma")

namespace coverslip::winograd {
namespace {

struct Lanes {
    using Vector = __m512;
    static constexpr int kWidth = 16;
    static constexpr int kPanel = 4;

    static Vector load(const float* from) { return _mm512_loadu_ps(from); }
    static Vector broadcast(const float* from) { return _mm512_set1_ps(*from); }
    static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static void store(float* to, Vector v) { _mm512_storeu_ps(to, v); }

    static __mmask16 first(int count) { return static_cast<__mmask16>((1u << count) - 1); }
    static Vector load(const float* from, int count) { return _mm512_maskz_loadu_ps(first(count), from); }
    static void store(float* to, Vector v, int count) { _mm512_mask_storeu_ps(to, first(count), v); }
};

}  // namespace
}  // namespace coverslip::winograd

#include "winograd_kernels.h"

namespace coverslip::winograd {
const Kernels* avx512Kernels() { return &kKernels; }
}  // namespace coverslip::winograd
#endif
