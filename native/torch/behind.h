// What stands behind a convolution, computed where its output is written.
#pragma once

namespace coverslip {

// clamp(y + bias + added, least, most). `added` is an image like the output; null where there is none, as the bias.
struct Behind {
    const float *bias = nullptr, *added = nullptr;
    float least = -__builtin_inff(), most = __builtin_inff();
};

}  // namespace coverslip
