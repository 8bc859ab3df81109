// What the kernels of every instruction set share.
#pragma once

// Behind a lambda's parameters or before a function's: it has to become part of its caller, whose target it then has.
#define COVERSLIP_INLINE __attribute__((always_inline))
