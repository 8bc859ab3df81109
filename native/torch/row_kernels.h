// The kernels of rows.h. Included once per instruction set, after `Lanes` is defined and the target is set.
#pragma once

#include "panel_product.h"
#include "rows.h"

namespace coverslip::rows {
namespace {

using Vector = Lanes::Vector;
using winograd::forChannels;
using winograd::multiplyPacked;
using winograd::multiplyRows;
using winograd::padded;
using winograd::Panels;

// Rows that stay in the first-level cache while the vectors of channels take turns.
constexpr int64_t kRows = 32;

// Calls step(first channel, count, first row, end row) for every vector of channels of every group of rows.
template <class Step>
inline void forRows(int64_t rows, int64_t channels, Step step) {
    for (int64_t first = 0; first < rows; first += kRows) {
        const int64_t last = first + kRows < rows ? first + kRows : rows;
        forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE { step(c, count, first, last); });
    }
}

inline Vector rectify(Vector x, Relu relu) { return relu == Relu::Before ? Lanes::max(x, Vector{}) : x; }

// What a ReLU behind the norm lets through.
inline Vector activate(Vector y, Relu relu) {
    if (relu >= Relu::After) y = Lanes::max(y, Vector{});
    if (relu == Relu::Clipped) y = y < 6.0f ? y : Vector{} + 6.0f;
    return y;
}

// The gradient d of what came out, as it stands before the ReLU; y is the norm's value there.
inline Vector activationGradient(Vector d, Vector y, Relu relu) {
    if (relu >= Relu::After) d = y > 0.0f ? d : Vector{};
    if (relu == Relu::Clipped) d = y < 6.0f ? d : Vector{};
    return d;
}

template <class Element>
void moments(const Element* x, int64_t rows, int64_t channels, const float* shift, Relu relu, float* sum,
             float* squares) {
    forRows(rows, channels, [&](int64_t c, int count, int64_t first, int64_t last) COVERSLIP_INLINE {
        const Vector origin = Lanes::load(shift + c, count);
        Vector s{}, q{};
        for (int64_t r = first; r < last; ++r) {
            const Vector d = rectify(load(x + r * channels + c, count), relu) - origin;
            s += d;
            q += d * d;
        }
        Lanes::store(sum + c, Lanes::load(sum + c, count) + s, count);
        Lanes::store(squares + c, Lanes::load(squares + c, count) + q, count);
    });
}

template <bool Added, class Element>
inline void normalizeRows(const Element* x, const Element* added, int64_t rows, int64_t channels,
                          const Normalization& n, Relu relu, Element* y) {
    forRows(rows, channels, [&](int64_t c, int count, int64_t first, int64_t last) COVERSLIP_INLINE {
        const Vector scale = Lanes::load(n.scale + c, count), offset = Lanes::load(n.offset + c, count);
        for (int64_t r = first; r < last; ++r) {
            Vector v = rectify(load(x + r * channels + c, count), relu) * scale + offset;
            if (Added) v += load(added + r * channels + c, count);
            store(y + r * channels + c, activate(v, relu), count);
        }
    });
}

template <class Element>
void normalize(const Element* x, const Element* added, int64_t rows, int64_t channels, const Normalization& n,
               Relu relu, Element* y) {
    (added ? normalizeRows<true, Element> : normalizeRows<false, Element>)(x, added, rows, channels, n, relu, y);
}

template <class Element>
void gradientSums(const Element* x, const Element* dy, int64_t rows, int64_t channels, const Normalization& n,
                  Relu relu, float* sum, float* products) {
    forRows(rows, channels, [&](int64_t c, int count, int64_t first, int64_t last) COVERSLIP_INLINE {
        const Vector mean = Lanes::load(n.mean + c, count);
        const Vector scale = Lanes::load(n.scale + c, count), offset = Lanes::load(n.offset + c, count);
        Vector s{}, p{};
        for (int64_t r = first; r < last; ++r) {
            const Vector v = rectify(load(x + r * channels + c, count), relu);
            const Vector d = activationGradient(load(dy + r * channels + c, count), v * scale + offset, relu);
            s += d;
            p += d * (v - mean);
        }
        Lanes::store(sum + c, Lanes::load(sum + c, count) + s, count);
        Lanes::store(products + c, Lanes::load(products + c, count) + p, count);
    });
}

template <class Element>
void normalizationGradient(const Element* x, const Element* dy, int64_t rows, int64_t channels, const Normalization& n,
                           const NormalizationGradient& g, Relu relu, Element* dx) {
    forRows(rows, channels, [&](int64_t c, int count, int64_t first, int64_t last) COVERSLIP_INLINE {
        const Vector mean = Lanes::load(n.mean + c, count);
        const Vector scale = Lanes::load(n.scale + c, count), offset = Lanes::load(n.offset + c, count);
        const Vector slope = Lanes::load(g.slope + c, count), tilt = Lanes::load(g.tilt + c, count);
        const Vector shift = Lanes::load(g.shift + c, count);
        for (int64_t r = first; r < last; ++r) {
            const Vector v = load(x + r * channels + c, count);
            const Vector d = activationGradient(load(dy + r * channels + c, count), v * scale + offset, relu);
            Vector result = slope * d + tilt * (rectify(v, relu) - mean) + shift;
            if (relu == Relu::Before) result = v > 0.0f ? result : Vector{};
            store(dx + r * channels + c, result, count);
        }
    });
}

template <class Element>
constexpr NormKernels<Element> kNorm{moments<Element>, normalize<Element>, gradientSums<Element>,
                                     normalizationGradient<Element>};

#include "depthwise_kernels.h"

// e^x for x <= 0, relative error about 2e-7: 2^n times a polynomial in the rest (Cephes' expf, Moshier 1992).
inline Vector exponential(Vector x) {
    typedef int32_t Integers __attribute__((vector_size(sizeof(Vector))));
    constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    x = Lanes::max(x, Vector{} - 87.0f);
    const Vector shifted = x * 1.44269504f + kRound;
    const Vector n = shifted - kRound;
    const Vector r = x - n * 0.693359375f + n * 2.12194440e-4f;
    Vector p = Vector{} + 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    return reinterpret_cast<Vector>(reinterpret_cast<Integers>(p) + (reinterpret_cast<Integers>(shifted) << 23));
}

double crossEntropy(const float* x, const int64_t* target, int64_t rows, int64_t channels, float scale, float* dx) {
    double loss = 0;
    for (int64_t r = 0; r < rows; ++r, x += channels, dx += channels) {
        Vector largest = Vector{} + x[0];
        forChannels(channels, [&](int64_t c, int count)
                                  COVERSLIP_INLINE { largest = Lanes::max(largest, Lanes::load(x + c, count, x[0])); });
        const float top = Lanes::largest(largest);
        Vector sums{};
        forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
            const Vector e = exponential(Lanes::load(x + c, count, top - 200.0f) - top);
            sums += e;
            Lanes::store(dx + c, e, count);
        });
        const float sum = Lanes::sum(sums);
        const float factor = scale / sum;
        forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
            Lanes::store(dx + c, Lanes::load(dx + c, count) * factor, count);
        });
        dx[target[r]] -= scale;
        loss += __builtin_logf(sum) + (top - x[target[r]]);
    }
    return loss;
}

void argmax(const float* x, int64_t rows, int64_t channels, int64_t* label) {
    typedef int32_t Integers __attribute__((vector_size(sizeof(Vector))));
    constexpr float kLeast = -__builtin_inff();
    Integers lane{};
    for (int i = 0; i < Lanes::kWidth; ++i) lane[i] = i;
    for (int64_t r = 0; r < rows; ++r, x += channels) {
        Vector best = Vector{} + kLeast;
        Integers where{};
        forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
            const Vector v = Lanes::load(x + c, count, kLeast);
            const auto greater = v > best;
            best = greater ? v : best;
            where = greater ? lane + static_cast<int32_t>(c) : where;
        });
        const float top = Lanes::largest(best);
        const Integers candidates = best == Vector{} + top ? where : Integers{} + INT32_MAX;
        int32_t first = INT32_MAX;
        for (int i = 0; i < Lanes::kWidth; ++i) first = candidates[i] < first ? candidates[i] : first;
        label[r] = first;
    }
}

constexpr int64_t kProductRows = 48;  // a block's operands and result stay in the first two caches

// Rows [first, first + count) of y [rows, outputs] = result [count, row] and what is behind it.
inline void finish(const float* result, int64_t row, int64_t first, int64_t count, int64_t outputs,
                   const Behind& behind, float* y) {
    for (int64_t r = 0; r < count; ++r)
        forChannels(outputs, [&](int64_t c, int n) COVERSLIP_INLINE {
            Vector v = Lanes::load(result + r * row + c);
            if (behind.bias) v += Lanes::load(behind.bias + c, n);
            if (behind.added) v += Lanes::load(behind.added + (first + r) * outputs + c, n);
            Lanes::store(y + (first + r) * outputs + c, winograd::clamp(v, behind), n);
        });
}

int64_t productScratch(int64_t inputs, int64_t outputs) {
    return winograd::kRowsAtOnce * inputs + kProductRows * padded(outputs);
}

void product(const float* x, int64_t rows, int64_t inputs, int64_t outputs, const float* packed, const Behind& behind,
             float* y, float* scratch) {
    const int64_t row = padded(outputs);
    float* const result = scratch + winograd::kRowsAtOnce * inputs;
    for (int64_t first = 0; first < rows; first += kProductRows) {
        const int64_t count = rows - first < kProductRows ? rows - first : kProductRows;
        // The last few rows come from a copy: the kernel reads six at a time.
        const int64_t whole = count / winograd::kRowsAtOnce * winograd::kRowsAtOnce, rest = count - whole;
        for (int64_t i = 0; i < winograd::kRowsAtOnce * inputs && rest; ++i)
            scratch[i] = i < rest * inputs ? x[(first + whole) * inputs + i] : 0;
        multiplyPacked(whole, x + first * inputs, inputs, inputs, packed, outputs, result, row);
        multiplyPacked(rest, scratch, inputs, inputs, packed, outputs, result + whole * row, row);
        finish(result, row, first, count, outputs, behind, y);
    }
}

#include "walk_kernels.h"

#include "attention_kernels.h"

int64_t productGradientScratch(int64_t inputs, int64_t outputs) {
    return kProductRows * (padded(inputs) + padded(outputs)) + Lanes::kWidth;
}

void productGradient(const float* x, const float* dy, int64_t rows, int64_t inputs, int64_t outputs, float* sum,
                     float* biasSum, float* scratch) {
    const int64_t xRow = padded(inputs), dyRow = padded(outputs);
    float* const dys = scratch;
    float* const xs = dys + kProductRows * dyRow;
    const Panels panels(outputs);
    for (int64_t first = 0; first < rows; first += kProductRows) {
        const int64_t count = rows - first < kProductRows ? rows - first : kProductRows;
        for (int64_t r = 0; r < count; ++r) {
            forChannels(inputs, [&](int64_t c, int n) COVERSLIP_INLINE {
                Lanes::store(xs + r * xRow + c, Lanes::load(x + (first + r) * inputs + c, n));
            });
            forChannels(outputs, [&](int64_t c, int n) COVERSLIP_INLINE {
                Lanes::store(dys + r * dyRow + c, Lanes::load(dy + (first + r) * outputs + c, n));
            });
        }
        winograd::addRows(dys, dyRow, count, biasSum);
        for (int64_t panel = 0; panel < panels.count; ++panel) {
            const int64_t column = panels.first(panel) * Lanes::kWidth;
            multiplyRows<true>(panels.width(panel), inputs, xs, 1, xRow, dys + column, dyRow, count, sum + column,
                               dyRow);
        }
    }
}

constexpr Kernels kKernels{Lanes::kWidth,     kNorm<float>,     kNorm<Brain>, kDepthwise<float>,
                           kDepthwise<Brain>, crossEntropy,     argmax,       productScratch,
                           product,           walkScratch,      walk,         productGradientScratch,
                           productGradient,   attentionScratch, attention};

}  // namespace
}  // namespace coverslip::rows
