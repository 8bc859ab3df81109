// The transforms of F(4x4, 3x3), channels in vector lanes. Included once per instruction set, after `Lanes` is defined.
#pragma once

#include "panel_product.h"

namespace coverslip::winograd {
namespace {

using Vector = Lanes::Vector;

// The method's points are 0, ±a, ±b and infinity. Lavin & Gray (2016, sec. 4.3) take a = 1 and b = 2; these, sums of
// few powers of two as well, leave less than half of the error (docs/decisions/one-step-convolutions.md).
constexpr float kA = 0.625f, kB = 1.5f;
constexpr float kA2 = kA * kA, kB2 = kB * kB;

// B^T d, common terms shared.
inline void inputPoints(const Vector d[6], Vector t[6]) {
    const Vector even = d[4] - kB2 * d[2], odd = kA * (d[3] - kB2 * d[1]);
    const Vector evenB = d[4] - kA2 * d[2], oddB = kB * (d[3] - kA2 * d[1]);
    t[0] = kA2 * kB2 * d[0] - (kA2 + kB2) * d[2] + d[4];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = evenB + oddB;
    t[4] = evenB - oddB;
    t[5] = kA2 * kB2 * d[1] - (kA2 + kB2) * d[3] + d[5];
}

// A^T m: six products to four outputs.
inline void outputPoints(const Vector m[6], Vector y[4]) {
    const Vector even = m[1] + m[2], odd = kA * (m[1] - m[2]);
    const Vector evenB = m[3] + m[4], oddB = kB * (m[3] - m[4]);
    y[0] = m[0] + even + evenB;
    y[1] = odd + oddB;
    y[2] = kA2 * even + kB2 * evenB;
    y[3] = kA2 * odd + kB2 * oddB + m[5];
}

// A y: the adjoint of outputPoints, for the gradient of the weights.
inline void gradientPoints(const Vector y[4], Vector t[6]) {
    const Vector even = y[0] + kA2 * y[2], odd = kA * (y[1] + kA2 * y[3]);
    const Vector evenB = y[0] + kB2 * y[2], oddB = kB * (y[1] + kB2 * y[3]);
    t[0] = y[0];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = evenB + oddB;
    t[4] = evenB - oddB;
    t[5] = y[3];
}

// Addresses of the Side x Side pixels of a tile in images of that size, from `margin` pixels outside on. Pixels outside
// the image read and write `outside`.
template <int Side, class Float>
inline void locate(const Geometry& g, int64_t tile, Size size, int64_t margin, int64_t channels, Float* image,
                   Float* outside, Float* pixels[Side * Side]) {
    const int64_t across = tile % g.tilesAcross, row = tile / g.tilesAcross;
    const int64_t left = across * kTileSide - margin, top = row % g.tilesDown * kTileSide - margin;
    Float* const picture = image + row / g.tilesDown * size.height * size.width * channels;
    for (int y = 0; y < Side; ++y)
        for (int x = 0; x < Side; ++x) {
            const bool inside = top + y >= 0 && top + y < size.height && left + x >= 0 && left + x < size.width;
            pixels[y * Side + x] = inside ? picture + ((top + y) * size.width + left + x) * channels : outside;
        }
}

// The same of images that are read around the tile's outputs, and of those that have its outputs.
template <class Float>
inline void locateInput(const Geometry& g, int64_t tile, Float* image, Float* outside, Float* pixels[kProducts]) {
    locate<kPoints, Float>(g, tile, g.from, g.margin, g.inputs, image, outside, pixels);
}

template <class Float>
inline void locateOutput(const Geometry& g, int64_t tile, Float* image, Float* outside,
                         Float* pixels[kTileSide * kTileSide]) {
    locate<kTileSide, Float>(g, tile, g.to, 0, g.outputs, image, outside, pixels);
}

// Two-dimensional transform of one vector of channels: Side x Side pixels to rows [First, Last) of the 6x6 points,
// point p stored at to + (p - 6 First) * stride.
template <int Side, int First, int Last, class Element>
inline COVERSLIP_INLINE void transformPixels(const Element* const* pixels, int64_t channel, int count, float* to,
                                             int64_t stride, void (*points)(const Vector*, Vector*)) {
    Vector columns[kPoints][Side];
    for (int x = 0; x < Side; ++x) {
        Vector d[Side], t[kPoints];
        for (int y = 0; y < Side; ++y) d[y] = load(pixels[y * Side + x] + channel, count);
        points(d, t);
        for (int i = First; i < Last; ++i) columns[i][x] = t[i];
    }
    for (int i = First; i < Last; ++i) {
        Vector t[kPoints];
        points(columns[i], t);
        for (int j = 0; j < kPoints; ++j) Lanes::store(to + ((i - First) * kPoints + j) * stride, t[j]);
    }
}

// Rows [First, Last) of B^T d B of one tile, to[point][channel].
template <int First, int Last, class Element>
inline void transformInput(const Element* const* pixels, int64_t channels, float* to, int64_t stride) {
    forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
        transformPixels<kPoints, First, Last>(pixels, c, count, to + c, stride, inputPoints);
    });
}

// Rows [First, Last) of A y A^T of one tile of the output's gradient.
template <int First, int Last, class Element>
inline void transformGradient(const Element* const* pixels, int64_t channels, float* to, int64_t stride) {
    forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
        transformPixels<kTileSide, First, Last>(pixels, c, count, to + c, stride, gradientPoints);
    });
}

// sum += the sixteen pixels of one tile of the output's gradient.
template <class Element>
inline void addPixels(const Element* const* pixels, int64_t channels, float* sum) {
    forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
        Vector total = Lanes::load(sum + c);
        for (int i = 0; i < kTileSide * kTileSide; ++i) total += load(pixels[i] + c, count);
        Lanes::store(sum + c, total);
    });
}

// A^T m A of one tile, and what stands behind it, into its sixteen pixels.
template <bool Added, class Element>
inline void transformOutput(const float* from, int64_t stride, int64_t channels, const Clamped& behind,
                            const Element* const* added, Element* const* pixels) {
    forChannels(channels, [&](int64_t c, int count) COVERSLIP_INLINE {
        Vector rows[kTileSide][kPoints];
        for (int j = 0; j < kPoints; ++j) {
            Vector m[kPoints], y[kTileSide];
            for (int i = 0; i < kPoints; ++i) m[i] = Lanes::load(from + (i * kPoints + j) * stride + c);
            outputPoints(m, y);
            for (int i = 0; i < kTileSide; ++i) rows[i][j] = y[i];
        }
        const Vector constant = Lanes::load(behind.bias + c, count);
        for (int i = 0; i < kTileSide; ++i) {
            Vector y[kTileSide];
            outputPoints(rows[i], y);
            for (int j = 0; j < kTileSide; ++j) {
                Vector out = y[j] + constant;
                if (Added) out += load(added[i * kTileSide + j] + c, count);
                store(pixels[i * kTileSide + j] + c, clamp(out, behind), count);
            }
        }
    });
}

}  // namespace
}  // namespace coverslip::winograd
