// Blocks of tiles through transform, products and transform back. Included once per instruction set, by the file that
// defines `Lanes` and sets the compiler's target, so that one source serves AVX2 and AVX-512.
#pragma once

#include "winograd_weights.h"

namespace coverslip::winograd {
namespace {

// Tiles of a block. Up to a hundred channels or so the points of 36 tiles fill half of a 1 MiB cache, beside the
// weights that pass through. With more channels all weights pass through from memory for every block, and larger blocks
// pay.
constexpr int64_t kFewChannels = 128;
inline int64_t tilesOf(int64_t widest) { return widest <= kFewChannels ? 36 : 96; }
inline int64_t gradientTilesOf(int64_t widest) { return widest <= kFewChannels ? 48 : 144; }

// Floats from one tile's channels to the next one's. Rows of a large power of two would compete for few cache sets.
inline int64_t tileRow(int64_t channels) {
    const int64_t vectors = padded(channels) / Lanes::kWidth;
    return (vectors % 8 == 0 ? vectors + 1 : vectors) * Lanes::kWidth;
}

// Zeros or discarded values for pixels outside the image, one image row of channels long.
inline int64_t outsideSize(const Geometry& g) { return padded(g.inputs > g.outputs ? g.inputs : g.outputs); }

int64_t convolveScratch(const Geometry& g) {
    const int64_t widest = outsideSize(g);
    return 2 * widest + (kProducts + 1) * matrixSize(tilesOf(widest), tileRow(widest));
}

template <class Element>
void convolve(const Geometry& g, const Element* input, const float* weights, const BehindOf<Element>& behind,
              Element* output, int64_t first, int64_t last, float* scratch) {
    const int64_t widest = outsideSize(g), inputRow = tileRow(g.inputs), outputRow = tileRow(g.outputs);
    const int64_t most = tilesOf(widest), size = matrixSize(most, tileRow(widest));
    const int64_t packed = packedSize(g.inputs, g.outputs);
    float* const zeros = scratch;
    float* const discarded = scratch + widest;
    // Product p is written where points p - 1 lay: those are used up by then, and the block needs the cache only once.
    float* const products = discarded + widest;
    float* const points = products + size;
    for (int64_t i = 0; i < widest; ++i) zeros[i] = 0;
    const auto* const nothing = reinterpret_cast<const Element*>(zeros);
    Clamped ending = behind;
    if (!ending.bias) ending.bias = zeros;

    for (int64_t block = first; block < last; block += most) {
        const int64_t tiles = last - block < most ? last - block : most;
        for (int64_t t = 0; t < tiles; ++t) {
            const Element* pixels[kProducts];
            locateInput<const Element>(g, block + t, input, nothing, pixels);
            transformInput<0, kPoints>(pixels, g.inputs, points + t * inputRow, size);
        }
        for (int p = 0; p < kProducts; ++p)
            multiplyPacked(tiles, points + p * size, inputRow, g.inputs, weights + p * packed, g.outputs,
                           products + p * size, outputRow);
        for (int64_t t = 0; t < tiles; ++t) {
            Element* pixels[kTileSide * kTileSide];
            const Element* added[kTileSide * kTileSide];
            locateOutput(g, block + t, output, reinterpret_cast<Element*>(discarded), pixels);
            if (behind.added) locateOutput<const Element>(g, block + t, behind.added, nothing, added);
            const auto transform = behind.added ? transformOutput<true, Element> : transformOutput<false, Element>;
            transform(products + t * outputRow, size, g.outputs, ending, added, pixels);
        }
    }
}

// The sums of all 36 products exceed the cache; two of the six rows of points at a time fit.
constexpr int kRowsPerPass = 2;

int64_t weightGradientScratch(const Geometry& g) {
    const int64_t products = kRowsPerPass * kPoints, most = gradientTilesOf(outsideSize(g));
    // The last rows of a kernel may read up to five floats past the last input channel.
    return outsideSize(g) + products * (matrixSize(most, tileRow(g.inputs)) + matrixSize(most, tileRow(g.outputs))) +
           Lanes::kWidth;
}

template <int First, class Element>
void weightGradientRows(const Geometry& g, const Element* input, const Element* gradient, const Share& share,
                        float* sum, float* biasSum, float* scratch) {
    const int64_t inputRow = tileRow(g.inputs), outputRow = tileRow(g.outputs), sumRow = padded(g.outputs);
    const int64_t most = gradientTilesOf(outsideSize(g));
    const int64_t inputSize = matrixSize(most, inputRow), outputSize = matrixSize(most, outputRow);
    const int64_t inputs = share.lastInput - share.firstInput;
    const auto* const zeros = reinterpret_cast<const Element*>(scratch);
    float* const gradients = scratch + outsideSize(g);
    float* const points = gradients + kRowsPerPass * kPoints * outputSize;
    const int64_t rows = roundUp(g.inputs, kRowsAtOnce);
    const Panels panels(g.outputs);

    for (int64_t block = share.firstTile; block < share.lastTile; block += most) {
        const int64_t tiles = share.lastTile - block < most ? share.lastTile - block : most;
        for (int64_t t = 0; t < tiles; ++t) {
            const Element* pixels[kProducts];
            locateInput<const Element>(g, block + t, input + share.firstInput, zeros, pixels);
            transformInput<First, First + kRowsPerPass>(pixels, inputs, points + t * inputRow, inputSize);
            locateOutput<const Element>(g, block + t, gradient, zeros, pixels);
            transformGradient<First, First + kRowsPerPass>(pixels, g.outputs, gradients + t * outputRow, outputSize);
            if (First == 0 && biasSum) addPixels(pixels, g.outputs, biasSum);
        }
        for (int p = 0; p < kRowsPerPass * kPoints; ++p)
            for (int64_t panel = 0; panel < panels.count; ++panel) {
                const int64_t column = panels.first(panel) * Lanes::kWidth;
                multiplyRows<true>(panels.width(panel), inputs, points + p * inputSize, 1, inputRow,
                                   gradients + p * outputSize + column, outputRow, tiles,
                                   sum + ((First * kPoints + p) * rows + share.firstInput) * sumRow + column, sumRow);
            }
    }
}

template <class Element>
void weightGradient(const Geometry& g, const Element* input, const Element* gradient, const Share& share, float* sum,
                    float* biasSum, float* scratch) {
    for (int64_t i = 0; i < outsideSize(g); ++i) scratch[i] = 0;
    weightGradientRows<0>(g, input, gradient, share, sum, biasSum, scratch);
    weightGradientRows<2>(g, input, gradient, share, sum, biasSum, scratch);
    weightGradientRows<4>(g, input, gradient, share, sum, biasSum, scratch);
}

template <class Element>
constexpr ImageKernels<Element> kImages{convolve<Element>, weightGradient<Element>};

constexpr Kernels kKernels{Lanes::kWidth, convolveScratch, weightGradientScratch, packedOffset,  packedSize,
                           packWeights,   kImages<float>,  kImages<Brain>,        unpackGradient};

}  // namespace
}  // namespace coverslip::winograd
