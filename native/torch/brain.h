// bfloat16 in memory; computed with as float32.
#pragma once

#include <cstdint>

namespace coverslip {

struct Brain {
    uint16_t bits;
};

}  // namespace coverslip
