#include "simd.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "convert.h"

namespace coverslip {
namespace {

constexpr const char* kNames[] = {"none", "avx2", "avx512"};

Simd widest() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return Simd::Avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Simd::Avx2;
#endif
    return Simd::None;
}

Simd choose() {
    const char* const asked = std::getenv("COVERSLIP_SIMD");
    const std::string name = asked ? asked : "";
    if (name.empty()) return widest();
    for (const Simd set : {Simd::None, Simd::Avx2, Simd::Avx512}) {
        if (name != kNames[static_cast<int>(set)]) continue;
        if (set > widest())
            throw std::invalid_argument("COVERSLIP_SIMD is '" + name + "', which this processor lacks; its best is '" +
                                        kNames[static_cast<int>(widest())] + "'");
        return set;
    }
    throw std::invalid_argument("COVERSLIP_SIMD is '" + name + "'; known are avx512, avx2 and none");
}

}  // namespace

Simd simd() {
    static const Simd set = choose();
    return set;
}

}  // namespace coverslip

// "avx512", "avx2" or "none".
CT_API int32_t ct_simd(const char** name) {
    return coverslip::guarded([&] { *name = coverslip::kNames[static_cast<int>(coverslip::simd())]; });
}
