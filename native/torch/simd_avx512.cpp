// The kernels of winograd.h and rows.h for processors with AVX-512.
#include "rows.h"
#include "simd.h"
#include "winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

// GCC 12's own header is what it warns about (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

// Everything below, and only that: headers shared with other files stand above, or the linker might keep this copy of
// their inline functions for all processors.
#pragma GCC target("avx512f,avx512bw,avx512vl,avx2,fma")

namespace coverslip {
namespace {

struct Lanes {
    using Vector = __m512;
    static constexpr int kWidth = 16;
    static constexpr int kPanel = 4;

    static Vector load(const float* from) { return _mm512_loadu_ps(from); }
    static Vector broadcast(const float* from) { return _mm512_set1_ps(*from); }
    static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static void store(float* to, Vector v) { _mm512_storeu_ps(to, v); }

    static Vector loadBrain(const uint16_t* from) {
        const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
    }

    static Vector loadBrain(const uint16_t* from, int count) {
        const __m256i bits = _mm256_maskz_loadu_epi16(first(count), from);
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
    }

    static __mmask16 first(int count) { return static_cast<__mmask16>((1u << count) - 1); }
    static Vector load(const float* from, int count) { return _mm512_maskz_loadu_ps(first(count), from); }
    static void store(float* to, Vector v, int count) { _mm512_mask_storeu_ps(to, first(count), v); }
    static Vector load(const float* from, int count, float rest) {
        return _mm512_mask_loadu_ps(_mm512_set1_ps(rest), first(count), from);
    }
    static Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
    static Vector min(Vector a, Vector b) { return _mm512_min_ps(a, b); }
    static float largest(Vector v) { return _mm512_reduce_max_ps(v); }
    static float sum(Vector v) { return _mm512_reduce_add_ps(v); }
};

}  // namespace
}  // namespace coverslip

#include "row_kernels.h"
#include "winograd_kernels.h"

namespace coverslip::winograd {
const Kernels* avx512Kernels() { return &kKernels; }
}  // namespace coverslip::winograd

namespace coverslip::rows {
const Kernels* avx512Kernels() { return &kKernels; }
}  // namespace coverslip::rows
#else
namespace coverslip::winograd {
const Kernels* avx512Kernels() { return nullptr; }
}  // namespace coverslip::winograd

namespace coverslip::rows {
const Kernels* avx512Kernels() { return nullptr; }
}  // namespace coverslip::rows
#endif
