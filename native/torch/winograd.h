// 3x3 convolutions, stride 1, padding 0 or 1, by Winograd's minimal filtering F(4x4, 3x3) on channels-last
// images of float32 or bfloat16 (Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", sec. 4.3): 36
// multiplications where the direct way needs 144. An image is cut into tiles of 4x4 outputs, each read as 6x6 inputs. A
// block of tiles is transformed, multiplied by the transformed weights as 36 small matrix products, and transformed
// back while it lies in the second-level cache; the transformed image never exists as a whole.
#pragma once

#include "behind.h"
#include "brain.h"

#include <cstdint>

namespace coverslip::winograd {

constexpr int kPoints = 6;                    // 1-D points of a tile: 4 outputs + 3 taps - 1
constexpr int kProducts = kPoints * kPoints;  // matrix products per block
constexpr int kTileSide = 4;
constexpr int kRowsAtOnce = 6;  // rows of the result that a matrix kernel holds in registers

// Rows and columns of an image.
struct Size {
    int64_t height, width;
};

// Images [batch, height, width, channels], contiguous in that order, with `margin` zeros around those that are read.
struct Geometry {
    int64_t batch, margin;
    Size from, to;
    int64_t inputs, outputs;
    int64_t tilesDown, tilesAcross;

    Geometry(int64_t n, Size size, int64_t c, int64_t k, int64_t padding = 1)
        : batch(n),
          margin(padding),
          from(size),
          to{size.height + 2 * padding - 2, size.width + 2 * padding - 2},
          inputs(c),
          outputs(k),
          tilesDown((to.height + kTileSide - 1) / kTileSide),
          tilesAcross((to.width + kTileSide - 1) / kTileSide) {}

    int64_t tiles() const { return batch * tilesDown * tilesAcross; }
};

constexpr int64_t roundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// Where the nine taps of each kernel lie in a weight [outputs, inputs, 3, 3], seen as a matrix of kernels.
template <class Float>
struct Taps {
    Float* first;
    int64_t rowStep, columnStep, tapStep;

    Float* at(int64_t row, int64_t column, int64_t tap) const {
        return first + row * rowStep + column * columnStep + tap * tapStep;
    }
};

// What one thread does of the weights' gradient.
struct Share {
    int64_t firstTile, lastTile, firstInput, lastInput;
};

// Over images of float32 or of bfloat16.
template <class Element>
struct ImageKernels {
    // Convolves the tiles [first, last) of input [N, from, inputs] into output [N, to, outputs].
    void (*convolve)(const Geometry&, const Element* input, const float* packedWeights, const BehindOf<Element>&,
                     Element* output, int64_t first, int64_t last, float* scratch);
    // Adds the share's part of the transformed weight gradient to sum [36][roundUp(inputs, 6)]
    // [roundUp(outputs, lanes)], and the sum of its tiles' output gradient to biasSum [roundUp(outputs, lanes)] unless
    // null.
    void (*weightGradient)(const Geometry&, const Element* input, const Element* outputGradient, const Share&,
                           float* sum, float* biasSum, float* scratch);
};

// One instruction set's kernels. Weights in the transformed domain are 36 matrices of `packedSize` floats, in which
// columns stand in panels as `packedOffset` says. All scratch is the caller's, 64-byte aligned.
struct Kernels {
    int lanes;
    // Floats of scratch for each of the two calls below.
    int64_t (*convolveScratch)(const Geometry&);
    int64_t (*weightGradientScratch)(const Geometry&);
    // Where element [row, column] of one packed matrix of `rows` rows lies, and the floats from a matrix to the next.
    int64_t (*packedOffset)(int64_t rows, int64_t columns, int64_t row, int64_t column);
    int64_t (*packedSize)(int64_t rows, int64_t columns);
    // Transforms and packs the kernels of the vectors [first, last) of columns.
    void (*packWeights)(const Taps<const float>&, int64_t rows, int64_t columns, int64_t firstVector,
                        int64_t lastVector, float* packed);
    ImageKernels<float> floats;
    ImageKernels<Brain> brains;
    // The gradient's taps, rows inputs and columns outputs, from sums [parts][36]...
    void (*unpackGradient)(const float* sums, int64_t parts, int64_t rows, int64_t columns, int64_t firstVector,
                           int64_t lastVector, const Taps<float>&);
};

// The best kernels for the processor this runs on; null where it has none (then libtorch's own convolution serves).
const Kernels* kernels();
const Kernels* avx512Kernels();
const Kernels* avx2Kernels();

}  // namespace coverslip::winograd
