// The depthwise kernels of rows.h; row_kernels.h includes them where `Lanes`, `load` and `store` are known.

template <class Element>
void gather(const Element* x, const Depthwise& d, const Tap* rows, int64_t count, const float* weights, Element* y) {
    forChannels(d.channels, [&](int64_t c, int lanes) COVERSLIP_INLINE {
        for (int64_t column = 0; column < d.toColumns; ++column) {
            const Tap* const first = d.columns.taps + d.columns.start[column];
            const Tap* const last = d.columns.taps + d.columns.start[column + 1];
            Vector sum{};
            for (int64_t r = 0; r < count; ++r) {
                const Element* const from = x + rows[r].from * d.fromColumns * d.channels + c;
                const float* const weight = weights + rows[r].kernel * d.kernelColumns * d.channels + c;
                Vector row{};  // a sum of its own, so that rows do not wait for each other
                for (const Tap* tap = first; tap < last; ++tap)
                    row += load(from + tap->from * d.channels, lanes) *
                           Lanes::load(weight + tap->kernel * d.channels, lanes);
                sum += row;
            }
            store(y + column * d.channels + c, sum, lanes);
        }
    });
}

// With a constant number of columns the sums stay in registers.
template <int Columns, class Element>
inline void weightGradientOf(const Element* x, const Element* dy, const Depthwise& d, const Tap* rows, int64_t count,
                             float* sum) {
    forChannels(d.channels, [&](int64_t c, int lanes) COVERSLIP_INLINE {
        for (int64_t r = 0; r < count; ++r) {
            const Element* const from = x + rows[r].from * d.fromColumns * d.channels + c;
            float* const to = sum + rows[r].kernel * Columns * d.channels + c;
            Vector sums[Columns];
            for (int k = 0; k < Columns; ++k) sums[k] = Lanes::load(to + k * d.channels, lanes);
            for (int64_t column = 0; column < d.toColumns; ++column) {
                const Vector gradient = load(dy + column * d.channels + c, lanes);
                const int64_t begin = column * d.stride - d.left;
#pragma GCC unroll 8
                for (int k = 0; k < Columns; ++k)
                    if (begin + k >= 0 && begin + k < d.fromColumns)
                        sums[k] += gradient * load(from + (begin + k) * d.channels, lanes);
            }
            for (int k = 0; k < Columns; ++k) Lanes::store(to + k * d.channels, sums[k], lanes);
        }
    });
}

template <class Element>
void weightGradient(const Element* x, const Element* dy, const Depthwise& d, const Tap* rows, int64_t count,
                    float* sum) {
    (d.kernelColumns == 5 ? weightGradientOf<5, Element> : weightGradientOf<7, Element>)(x, dy, d, rows, count, sum);
}

template <class Element>
constexpr DepthwiseKernels<Element> kDepthwise{gather<Element>, weightGradient<Element>};
