// Blocks of tiles through transform, products and transform back. Included once per instruction set, by the file that
// defines `Lanes` and sets the compiler's target, so that one source serves AVX2 and AVX-512.
#pragma once

#include "winograd_transform.h"

namespace coverslip::winograd {
namespace {

// Measured with 100 channels: the points of a block fill half of a 1 MiB cache, beside the weights that pass through.
constexpr int64_t kTiles = 36;
constexpr int64_t kGradientTiles = 48;

// A vector more than the matrix needs: with a power of two between matrices their lines would compete for a cache set.
inline int64_t matrixSize(int64_t tiles, int64_t channels) {
    return (tiles * padded(channels) / Lanes::kWidth | 1) * Lanes::kWidth;
}

// Zeros or discarded values for pixels outside the image, one image row of channels long.
inline int64_t outsideSize(const Geometry& g) { return padded(g.inputs > g.outputs ? g.inputs : g.outputs); }

int64_t convolveScratch(const Geometry& g) {
    const int64_t widest = outsideSize(g);
    return 2 * widest + (kProducts + 1) * matrixSize(kTiles, widest);
}

void convolve(const Geometry& g, const float* input, const float* weights, const float* bias, float* output,
              int64_t first, int64_t last, float* scratch) {
    const int64_t widest = outsideSize(g), inputRow = padded(g.inputs), outputRow = padded(g.outputs);
    const int64_t size = matrixSize(kTiles, widest);
    float* const zeros = scratch;
    float* const discarded = scratch + widest;
    // Product p is written where points p - 1 lay: those are used up by then, and the block needs the cache only once.
    float* const products = discarded + widest;
    float* const points = products + size;
    for (int64_t i = 0; i < widest; ++i) zeros[i] = 0;
    const Panels panels(g.outputs);

    for (int64_t block = first; block < last; block += kTiles) {
        const int64_t tiles = last - block < kTiles ? last - block : kTiles;
        for (int64_t t = 0; t < tiles; ++t) {
            const float* pixels[kProducts];
            locate<kPoints, const float>(g, block + t, 1, g.inputs, input, zeros, pixels);
            transformInput<0, kPoints>(pixels, g.inputs, points + t * inputRow, size);
        }
        for (int p = 0; p < kProducts; ++p)
            for (int64_t panel = 0; panel < panels.count; ++panel) {
                const int64_t column = panels.first(panel) * Lanes::kWidth;
                const int width = panels.width(panel);
                multiplyRows<false>(width, tiles, points + p * size, inputRow, 1,
                                    weights + (p * outputRow + column) * g.inputs, width * Lanes::kWidth, g.inputs,
                                    products + p * size + column, outputRow);
            }
        for (int64_t t = 0; t < tiles; ++t) {
            float* pixels[kTileSide * kTileSide];
            locate<kTileSide, float>(g, block + t, 0, g.outputs, output, discarded, pixels);
            transformOutput(products + t * outputRow, size, g.outputs, bias ? bias : zeros, pixels);
        }
    }
}

// The sums of all 36 products exceed the cache; two of the six rows of points at a time fit.
constexpr int kRowsPerPass = 2;

int64_t weightGradientScratch(const Geometry& g) {
    const int64_t products = kRowsPerPass * kPoints;
    // The last rows of a kernel may read up to five floats past the last input channel.
    return outsideSize(g) + products * (matrixSize(kGradientTiles, g.inputs) + matrixSize(kGradientTiles, g.outputs))
        + Lanes::kWidth;
}

template <int First>
void weightGradientRows(const Geometry& g, const float* input, const float* gradient, float* sum,
                        float* biasSum, int64_t first, int64_t last, float* scratch) {
    const int64_t inputRow = padded(g.inputs), outputRow = padded(g.outputs);
    const int64_t inputSize = matrixSize(kGradientTiles, g.inputs), outputSize = matrixSize(kGradientTiles, g.outputs);
    float* const zeros = scratch;
    float* const gradients = scratch + outsideSize(g);
    float* const points = gradients + kRowsPerPass * kPoints * outputSize;
    const int64_t rows = roundUp(g.inputs, kRowsAtOnce);
    const Panels panels(g.outputs);

    for (int64_t block = first; block < last; block += kGradientTiles) {
        const int64_t tiles = last - block < kGradientTiles ? last - block : kGradientTiles;
        for (int64_t t = 0; t < tiles; ++t) {
            const float* pixels[kProducts];
            locate<kPoints, const float>(g, block + t, 1, g.inputs, input, zeros, pixels);
            transformInput<First, First + kRowsPerPass>(pixels, g.inputs, points + t * inputRow, inputSize);
            locate<kTileSide, const float>(g, block + t, 0, g.outputs, gradient, zeros, pixels);
            transformGradient<First, First + kRowsPerPass>(pixels, g.outputs, gradients + t * outputRow, outputSize);
        }
        // Point (1, 1) of A y A^T is the sum of the tile's sixteen values, and their sum is the bias's gradient.
        if constexpr (First == 0) addRows(gradients + (kPoints + 1) * outputSize, outputRow, tiles, biasSum);
        for (int p = 0; p < kRowsPerPass * kPoints; ++p)
            for (int64_t panel = 0; panel < panels.count; ++panel) {
                const int64_t column = panels.first(panel) * Lanes::kWidth;
                multiplyRows<true>(panels.width(panel), g.inputs, points + p * inputSize, 1, inputRow,
                                   gradients + p * outputSize + column, outputRow, tiles,
                                   sum + ((First * kPoints + p) * rows) * outputRow + column, outputRow);
            }
    }
}

void weightGradient(const Geometry& g, const float* input, const float* gradient, float* sum, float* biasSum,
                    int64_t first, int64_t last, float* scratch) {
    for (int64_t i = 0; i < outsideSize(g); ++i) scratch[i] = 0;
    weightGradientRows<0>(g, input, gradient, sum, biasSum, first, last, scratch);
    weightGradientRows<2>(g, input, gradient, sum, biasSum, first, last, scratch);
    weightGradientRows<4>(g, input, gradient, sum, biasSum, first, last, scratch);
}

constexpr Kernels kKernels{Lanes::kWidth, convolveScratch, weightGradientScratch, packedOffset, convolve,
                           weightGradient};

}  // namespace
}  // namespace coverslip::winograd
