// Vectors of float32 from and to images of float32 and of bfloat16. Included once per instruction set, after `Lanes` is
// defined.
#pragma once

#include "brain.h"

namespace coverslip {
namespace {

inline Lanes::Vector load(const float* from, int count) { return Lanes::load(from, count); }
inline void store(float* to, Lanes::Vector v, int count) { Lanes::store(to, v, count); }

inline Lanes::Vector load(const Brain* from, int count) {
    return count == Lanes::kWidth ? Lanes::loadBrain(&from->bits) : Lanes::loadBrain(&from->bits, count);
}

// Rounds to the nearest, to even in the middle; not-a-number stays one.
inline void store(Brain* to, Lanes::Vector v, int count) {
    typedef uint32_t Words __attribute__((vector_size(sizeof(Lanes::Vector))));
    typedef uint16_t Halves __attribute__((vector_size(sizeof(Lanes::Vector) / 2)));
    const Words bits = reinterpret_cast<Words>(v);
    const Words rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    const Halves short16 = __builtin_convertvector(v == v ? rounded : Words{} + 0x7fc0u, Halves);
    __builtin_memcpy(to, &short16, sizeof(uint16_t) * count);
}

}  // namespace
}  // namespace coverslip
