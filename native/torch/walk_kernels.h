// Part of row_kernels.h: a convolution as a matrix product over its taps. The pixels that some taps see are gathered
// for a block of outputs, so that they lie side by side, multiplied while they are in the second-level cache, and added
// up.

constexpr int64_t kWalkRows = 96;

// So many taps at once that the product's depth is worth its reading and writing of sums.
inline int64_t tapsAtOnce(const Walk& w) {
    const int64_t wanted = winograd::kDepth / w.inputs;
    return wanted < 1 ? 1 : wanted < w.taps() ? wanted : w.taps();
}

// Floats from one output's gathered pixels to the next one's: rows of a large power of two compete for few cache sets.
inline int64_t gatheredRow(const Walk& w) {
    const int64_t vectors = padded(tapsAtOnce(w) * w.inputs) / Lanes::kWidth;
    return (vectors % 8 == 0 ? vectors + 1 : vectors) * Lanes::kWidth;
}

int64_t walkScratch(const Walk& w) { return kWalkRows * (gatheredRow(w) + padded(w.outputs)); }

// What taps [first, last) see of x for one output; zeros outside the map.
inline void gather(const Walk& w, const float* x, int64_t pixel, int64_t first, int64_t last, float* to) {
    const int64_t column = pixel % w.toWidth, line = pixel / w.toWidth;
    const int64_t left = column * w.stride - w.left, top = line % w.toHeight * w.stride - w.top;
    const float* const map = x + line / w.toHeight * w.height * w.width * w.inputs;
    for (int64_t tap = first; tap < last; ++tap, to += w.inputs) {
        const int64_t down = top + tap / w.kernelColumns * w.dilation,
                      across = left + tap % w.kernelColumns * w.dilation;
        const bool inside = down >= 0 && down < w.height && across >= 0 && across < w.width;
        const size_t bytes = w.inputs * sizeof(float);
        if (inside)
            __builtin_memcpy(to, map + (down * w.width + across) * w.inputs, bytes);
        else
            __builtin_memset(to, 0, bytes);
    }
}

void walk(const Walk& w, const float* x, int64_t first, int64_t last, const float* packed, const Behind& behind,
          float* y, float* scratch) {
    const int64_t taps = w.taps(), group = tapsAtOnce(w), wide = gatheredRow(w), row = padded(w.outputs);
    float* const result = scratch + kWalkRows * wide;
    for (int64_t block = first; block < last; block += kWalkRows) {
        const int64_t count = last - block < kWalkRows ? last - block : kWalkRows;
        // The product reads six rows at a time: the last ones again where there are no more.
        const int64_t whole = winograd::roundUp(count, winograd::kRowsAtOnce);
        for (int64_t tap = 0; tap < taps; tap += group) {
            const int64_t end = tap + group < taps ? tap + group : taps;
            for (int64_t r = 0; r < whole; ++r)
                gather(w, x, block + (r < count ? r : count - 1), tap, end, scratch + r * wide);
            multiplyPacked(whole, scratch, wide, winograd::Depth{tap * w.inputs, end * w.inputs, taps * w.inputs},
                           packed, w.outputs, result, row);
        }
        finish(result, row, block, count, w.outputs, behind, y);
    }
}
