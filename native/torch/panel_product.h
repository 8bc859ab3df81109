// Small matrix products held in registers. Included once per instruction set, after `Lanes` is defined.
#pragma once

#include "element_vectors.h"
#include "simd.h"
#include "winograd.h"

namespace coverslip::winograd {
namespace {

inline int64_t padded(int64_t channels) { return roundUp(channels, Lanes::kWidth); }

// Not-a-number stays what it is: of two operands the second is taken then.
inline Lanes::Vector clamp(Lanes::Vector y, const Clamped& behind) {
    return Lanes::min(Lanes::Vector{} + behind.most, Lanes::max(Lanes::Vector{} + behind.least, y));
}

// Calls step(first channel, count) for each vector of channels; whole vectors get a constant count.
template <class Step>
inline void forChannels(int64_t channels, Step step) {
    int64_t c = 0;
    for (; c + Lanes::kWidth <= channels; c += Lanes::kWidth) step(c, Lanes::kWidth);
    if (c < channels) step(c, static_cast<int>(channels - c));
}

// c[6][Width vectors] (+)= sum over k of a[row * aRow + k * aStep] * b[k * bStep ...]. Six rows times Lanes::kPanel
// vectors keep both multiply-add units busy and still leave registers for the operands. All loops are unrolled by word:
// GCC 12 otherwise keeps a copy of every sum on the stack, and its store per multiplication makes this 2.5 times as
// slow.
template <int Width, bool Add>
inline void multiplyPanel(const float* a, int64_t aRow, int64_t aStep, const float* b, int64_t bStep, int64_t depth,
                          float* c, int64_t cRow) {
    using Vector = Lanes::Vector;
    Vector sum[kRowsAtOnce][Width];
#pragma GCC unroll 8
    for (int r = 0; r < kRowsAtOnce; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < Width; ++v) sum[r][v] = Add ? Lanes::load(c + r * cRow + v * Lanes::kWidth) : Vector{};
    for (int64_t k = 0; k < depth; ++k, a += aStep, b += bStep) {
        Vector column[Width];
#pragma GCC unroll 8
        for (int v = 0; v < Width; ++v) column[v] = Lanes::load(b + v * Lanes::kWidth);
#pragma GCC unroll 8
        for (int r = 0; r < kRowsAtOnce; ++r) {
            const Vector row = Lanes::broadcast(a + r * aRow);
#pragma GCC unroll 8
            for (int v = 0; v < Width; ++v) sum[r][v] = Lanes::multiplyAdd(row, column[v], sum[r][v]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRowsAtOnce; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < Width; ++v) Lanes::store(c + r * cRow + v * Lanes::kWidth, sum[r][v]);
}

// Columns are cut into panels of at most kPanel vectors, as even as possible: a narrow last panel would starve.
struct Panels {
    int64_t vectors, count;

    explicit Panels(int64_t columns)
        : vectors((columns + Lanes::kWidth - 1) / Lanes::kWidth),
          count((vectors + Lanes::kPanel - 1) / Lanes::kPanel) {}

    int64_t first(int64_t panel) const { return panel * vectors / count; }
    int width(int64_t panel) const { return static_cast<int>(first(panel + 1) - first(panel)); }

    int64_t of(int64_t vector) const {
        int64_t panel = 0;
        while (first(panel + 1) <= vector) ++panel;
        return panel;
    }
};

template <bool Add>
inline void multiplyRows(int width, int64_t rows, const float* a, int64_t aRow, int64_t aStep, const float* b,
                         int64_t bStep, int64_t depth, float* c, int64_t cRow) {
    for (int64_t r = 0; r < rows; r += kRowsAtOnce) {
        const float* rowsOfA = a + r * aRow;
        float* rowsOfC = c + r * cRow;
        switch (width) {
            case 1: multiplyPanel<1, Add>(rowsOfA, aRow, aStep, b, bStep, depth, rowsOfC, cRow); break;
            case 2: multiplyPanel<2, Add>(rowsOfA, aRow, aStep, b, bStep, depth, rowsOfC, cRow); break;
            case 3:
                if constexpr (Lanes::kPanel > 2)
                    multiplyPanel<3, Add>(rowsOfA, aRow, aStep, b, bStep, depth, rowsOfC, cRow);
                break;
            default:
                if constexpr (Lanes::kPanel > 2)
                    multiplyPanel<4, Add>(rowsOfA, aRow, aStep, b, bStep, depth, rowsOfC, cRow);
        }
    }
}

// Rows [first, end) of a packed matrix [depth, columns].
struct Depth {
    int64_t first, end, all;
};

// c [rows, cRow] = a [rows, end - first] times those rows of a packed matrix; added to what c holds where they are not
// the first ones. In pieces of the depth that stay in the first-level cache (32 KiB). Rows in sixes: what lies behind
// a's and c's last row is read and written.
constexpr int64_t kDepth = 8192 / (Lanes::kWidth * Lanes::kPanel);

inline void multiplyPacked(int64_t rows, const float* a, int64_t aRow, Depth depth, const float* packed,
                           int64_t columns, float* c, int64_t cRow) {
    const Panels panels(columns);
    for (int64_t panel = 0; panel < panels.count; ++panel) {
        const int width = panels.width(panel);
        const int64_t column = panels.first(panel) * Lanes::kWidth, row = width * Lanes::kWidth;
        const float* const from = packed + column * depth.all;
        for (int64_t k = depth.first; k < depth.end; k += kDepth) {
            const int64_t piece = depth.end - k < kDepth ? depth.end - k : kDepth;
            const auto multiply = k == 0 ? multiplyRows<false> : multiplyRows<true>;
            multiply(width, rows, a + k - depth.first, aRow, 1, from + k * row, row, piece, c + column, cRow);
        }
    }
}

inline void multiplyPacked(int64_t rows, const float* a, int64_t aRow, int64_t depth, const float* packed,
                           int64_t columns, float* c, int64_t cRow) {
    multiplyPacked(rows, a, aRow, Depth{0, depth, depth}, packed, columns, c, cRow);
}

// Where element [row, column] of a matrix of `rows` rows lies that is cut into panels.
inline int64_t packedOffset(int64_t rows, int64_t columns, int64_t row, int64_t column) {
    const Panels panels(columns);
    const int64_t vector = column / Lanes::kWidth;
    const int64_t panel = panels.of(vector);
    return (panels.first(panel) * rows + row * panels.width(panel)) * Lanes::kWidth + column -
           panels.first(panel) * Lanes::kWidth;
}

// sum [stride] += the rows of a matrix [rows, stride].
inline void addRows(const float* matrix, int64_t stride, int64_t rows, float* sum) {
    for (int64_t c = 0; c < stride; c += Lanes::kWidth) {
        Lanes::Vector s = Lanes::load(sum + c);
        for (int64_t r = 0; r < rows; ++r) s += Lanes::load(matrix + r * stride + c);
        Lanes::store(sum + c, s);
    }
}

}  // namespace
}  // namespace coverslip::winograd
