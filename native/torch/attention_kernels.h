// The kernel of attention.cpp. Included by row_kernels.h, within its namespace.

int64_t attentionScratch(const Attention& a) {
    const int64_t seen = padded(a.tokens), row = padded(a.side);
    return a.side * seen + a.tokens * row + kProductRows * (a.side + seen + row);
}

// Packed matrices of one head: keys [side, tokens], transposed, and values [tokens, side].
inline void packHead(const Attention& a, const float* mixed, float* keys, float* values) {
    for (int64_t i = 0; i < a.side * padded(a.tokens); ++i) keys[i] = 0;
    for (int64_t t = 0; t < a.tokens; ++t) {
        const int64_t first = winograd::packedOffset(a.side, a.tokens, 0, t);
        const int64_t step = winograd::packedOffset(a.side, a.tokens, 1, t) - first;
        for (int64_t c = 0; c < a.side; ++c) keys[first + c * step] = mixed[t * a.stride + a.keys + c];
    }
    forChannels(a.side, [&](int64_t c, int count) COVERSLIP_INLINE {
        const int64_t first = winograd::packedOffset(a.tokens, a.side, 0, c);
        const int64_t step = winograd::packedOffset(a.tokens, a.side, 1, c) - first;
        for (int64_t t = 0; t < a.tokens; ++t)
            Lanes::store(values + first + t * step, Lanes::load(mixed + t * a.stride + a.values + c, count));
    });
}

// x [tokens] becomes exp(x - largest); one over their sum.
inline float weigh(float* x, int64_t tokens) {
    Vector largest = Vector{} + x[0], sums{};
    forChannels(tokens, [&](int64_t c, int count)
                            COVERSLIP_INLINE { largest = Lanes::max(largest, Lanes::load(x + c, count, x[0])); });
    const float top = Lanes::largest(largest);
    forChannels(tokens, [&](int64_t c, int count) COVERSLIP_INLINE {
        const Vector e = exponential(Lanes::load(x + c, count, top - 200.0f) - top);
        sums += e;
        Lanes::store(x + c, e, count);
    });
    return 1.0f / Lanes::sum(sums);
}

void attention(const Attention& a, const float* mixed, float* y, float* scratch) {
    const int64_t seen = padded(a.tokens), row = padded(a.side);
    float* const keys = scratch;
    float* const values = keys + a.side * seen;
    float* const queries = values + a.tokens * row;
    float* const weights = queries + kProductRows * a.side;
    float* const result = weights + kProductRows * seen;
    packHead(a, mixed, keys, values);
    for (int64_t first = 0; first < a.tokens; first += kProductRows) {
        const int64_t count = a.tokens - first < kProductRows ? a.tokens - first : kProductRows;
        for (int64_t r = 0; r < kProductRows; ++r)
            for (int64_t c = 0; c < a.side; ++c)
                queries[r * a.side + c] = r < count ? mixed[(first + r) * a.stride + c] * a.scale : 0;
        multiplyPacked(count, queries, a.side, a.side, keys, a.tokens, weights, seen);
        float shares[kProductRows];
        for (int64_t r = 0; r < count; ++r) shares[r] = weigh(weights + r * seen, a.tokens);
        multiplyPacked(count, weights, seen, a.tokens, values, a.side, result, row);
        for (int64_t r = 0; r < count; ++r)
            forChannels(a.side, [&](int64_t c, int n) COVERSLIP_INLINE {
                Lanes::store(y + (first + r) * a.yStride + c, Lanes::load(result + r * row + c) * shares[r], n);
            });
    }
}
