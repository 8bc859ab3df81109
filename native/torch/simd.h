// The instruction sets that kernels are written for, and which of them this process uses.
#pragma once

// Behind a lambda's parameters or before a function's: it has to become part of its caller, whose target it then has.
#define COVERSLIP_INLINE __attribute__((always_inline))

namespace coverslip {

// Avx512 is AVX512F, BW and VL; Avx2 comes with fused multiply-add; None leaves everything to libtorch.
enum class Simd { None, Avx2, Avx512 };

// The widest that the processor has, or what the environment variable COVERSLIP_SIMD ("avx512", "avx2", "none") names.
// Throws where that is unknown or more than the processor has.
Simd simd();

// Calls act with the loops of this process's instruction set, a type for each; on other processors all are the same.
template <class Avx512, class Avx2, class Plain, class Act>
void withLoops(Act act) {
    const Simd set = simd();
    if (set == Simd::Avx512)
        act(Avx512());
    else if (set == Simd::Avx2)
        act(Avx2());
    else
        act(Plain());
}

// The kernels of that instruction set; `Kernels` has a table for each. Null where there are none.
template <class Kernels>
const Kernels* chosen(const Kernels* (*avx512)(), const Kernels* (*avx2)()) {
    const Simd set = simd();
    return set == Simd::Avx512 ? avx512() : set == Simd::Avx2 ? avx2() : nullptr;
}

}  // namespace coverslip
