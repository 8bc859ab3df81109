// What stands behind a convolution, computed where its output is written.
#pragma once

namespace coverslip {

// clamp(y + bias, least, most); bias is null where there is none.
struct Clamped {
    const float* bias = nullptr;
    float least = -__builtin_inff(), most = __builtin_inff();
};

// clamp(y + bias + added, least, most). `added` is an image like the output; null where there is none.
template <class Element>
struct BehindOf : Clamped {
    const Element* added = nullptr;
};

using Behind = BehindOf<float>;

}  // namespace coverslip
