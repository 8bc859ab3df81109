// The kernels of winograd.h and rows.h for processors with AVX2 and fused multiply-add.
#include "rows.h"
#include "simd.h"
#include "winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Everything below, and only that: headers shared with other files stand above, or the linker might keep this copy of
// their inline functions for all processors.
#pragma GCC target("avx2,fma")

namespace coverslip {
namespace {

struct Lanes {
    using Vector = __m256;
    static constexpr int kWidth = 8;
    static constexpr int kPanel = 2;

    static Vector load(const float* from) { return _mm256_loadu_ps(from); }
    static Vector broadcast(const float* from) { return _mm256_broadcast_ss(from); }
    static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static void store(float* to, Vector v) { _mm256_storeu_ps(to, v); }

    static Vector loadBrain(const uint16_t* from) {
        const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
    }

    static Vector loadBrain(const uint16_t* from, int count) {
        uint16_t whole[kWidth] = {};
        for (int i = 0; i < count; ++i) whole[i] = from[i];
        return loadBrain(whole);
    }

    static __m256i first(int count) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Vector load(const float* from, int count) {
        return count == kWidth ? load(from) : _mm256_maskload_ps(from, first(count));
    }
    static void store(float* to, Vector v, int count) {
        if (count == kWidth)
            store(to, v);
        else
            _mm256_maskstore_ps(to, first(count), v);
    }
    static Vector load(const float* from, int count, float rest) {
        return _mm256_blendv_ps(_mm256_set1_ps(rest), load(from, count), _mm256_castsi256_ps(first(count)));
    }
    static Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
    static Vector min(Vector a, Vector b) { return _mm256_min_ps(a, b); }
    static float largest(Vector v) {
        float most = v[0];
        for (int i = 1; i < kWidth; ++i) most = v[i] > most ? v[i] : most;
        return most;
    }
    static float sum(Vector v) {
        float total = 0;
        for (int i = 0; i < kWidth; ++i) total += v[i];
        return total;
    }
};

}  // namespace
}  // namespace coverslip

#include "row_kernels.h"
#include "winograd_kernels.h"

namespace coverslip::winograd {
const Kernels* avx2Kernels() { return &kKernels; }
}  // namespace coverslip::winograd

namespace coverslip::rows {
const Kernels* avx2Kernels() { return &kKernels; }
}  // namespace coverslip::rows
#else
namespace coverslip::winograd {
const Kernels* avx2Kernels() { return nullptr; }
}  // namespace coverslip::winograd

namespace coverslip::rows {
const Kernels* avx2Kernels() { return nullptr; }
}  // namespace coverslip::rows
#endif
