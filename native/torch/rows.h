// Kernels over the rows of a matrix [pixels, channels], as a channels-last image is one: 1x1 convolution, batch norm
// with its ReLU, softmax cross-entropy and argmax. Each reads and writes every value as seldom as its arithmetic
// allows: an image of a hundred channels is larger than any cache, and time goes to memory.
#pragma once

#include "behind.h"
#include "brain.h"

#include <cstdint>

namespace coverslip::rows {

// Where a ReLU stands; Clipped is one after it that is cut off at 6.
enum class Relu : int64_t { None = 0, Before = 1, After = 2, Clipped = 3 };

// Batch norm, per channel. With x' = max(x, 0) for Relu::Before, else x: y = x' scale + offset.
struct Normalization {
    const float *mean, *scale, *offset;
};

// dx = slope dy + tilt (x' - mean) + shift, zero where the ReLU was.
struct NormalizationGradient {
    const float *slope, *tilt, *shift;
};

// Batch norm over images of float32 or of bfloat16. `rows` counts rows from the pointers given.
template <class Element>
struct NormKernels {
    // sum += x' - shift, squares += (x' - shift)^2, per channel.
    void (*moments)(const Element* x, int64_t rows, int64_t channels, const float* shift, Relu relu, float* sum,
                    float* squares);
    // Of x, and where `added` is not null of that image besides, before the ReLU.
    void (*normalize)(const Element* x, const Element* added, int64_t rows, int64_t channels, const Normalization&,
                      Relu relu, Element* y);
    // sum += dy, products += dy (x' - mean), dy zero where a ReLU after was.
    void (*gradientSums)(const Element* x, const Element* dy, int64_t rows, int64_t channels, const Normalization&,
                         Relu relu, float* sum, float* products);
    void (*normalizationGradient)(const Element* x, const Element* dy, int64_t rows, int64_t channels,
                                  const Normalization&, const NormalizationGradient&, Relu relu, Element* dx);
};

// One row or column of a kernel, and the row or column of the map that it is multiplied with.
struct Tap {
    int64_t kernel, from;
};

// A line of taps of a depthwise convolution or of its gradient: those of column i are start[i] up to start[i + 1].
struct Taps {
    const Tap* taps;
    const int64_t* start;
};

// A depthwise convolution over one map [rows, columns, channels]; weights are [kernel rows, kernel columns, channels].
struct Depthwise {
    int64_t channels, fromColumns, toColumns, kernelColumns, stride, left;
    Taps columns;
};

template <class Element>
struct DepthwiseKernels {
    // One row y [toColumns, channels] of what the taps gather from the map x. `rows`: the row's own taps.
    void (*gather)(const Element* x, const Depthwise&, const Tap* rows, int64_t count, const float* weights,
                   Element* y);
    // sum [kernel rows, kernel columns, channels] += what a row dy [toColumns, channels] gives; kernels of 5 or 7
    // columns, in steps of `stride` from `left` columns before the map.
    void (*weightGradient)(const Element* x, const Element* dy, const Depthwise&, const Tap* rows, int64_t count,
                           float* sum);
};

// A convolution from maps [batch, height, width, inputs] to maps [batch, toHeight, toWidth, outputs], whose kernel
// begins `top` rows above and `left` columns beside the map.
struct Walk {
    int64_t height, width, inputs, toHeight, toWidth, outputs, kernelRows, kernelColumns, stride, dilation, top, left;

    int64_t taps() const { return kernelRows * kernelColumns; }
};

// A head of attention: rows of `tokens`, `stride` values apart, hold its queries [side] at 0 and its keys and values at
// those places; what it sees is written `yStride` values apart. Queries are multiplied by `scale`.
struct Attention {
    int64_t tokens, side, stride, keys, values, yStride;
    float scale;
};

// One instruction set's kernels.
struct Kernels {
    int lanes;
    NormKernels<float> norm;
    NormKernels<Brain> brainNorm;
    DepthwiseKernels<float> depthwise;
    DepthwiseKernels<Brain> brainDepthwise;
    // Sum over rows of -log softmax(x)[target]; dx = (softmax(x) - one hot) scale.
    double (*crossEntropy)(const float* x, const int64_t* target, int64_t rows, int64_t channels, float scale,
                           float* dx);
    // The first of the largest values of every row; not-a-number counts as smallest.
    void (*argmax)(const float* x, int64_t rows, int64_t channels, int64_t* label);
    // y [rows, outputs] = x [rows, inputs] times weights packed by winograd::Kernels::packedOffset, and what is behind.
    int64_t (*productScratch)(int64_t inputs, int64_t outputs);
    void (*product)(const float* x, int64_t rows, int64_t inputs, int64_t outputs, const float* packed, const Behind&,
                    float* y, float* scratch);
    // Pixels [first, last) of y [batch, toHeight, toWidth, outputs]: a convolution of x with weights [kernel rows,
    // kernel columns, inputs, outputs], packed as one matrix of `outputs` columns, and what is behind.
    int64_t (*walkScratch)(const Walk&);
    void (*walk)(const Walk&, const float* x, int64_t first, int64_t last, const float* packed, const Behind&, float* y,
                 float* scratch);
    // sum [roundUp(inputs, 6), roundUp(outputs, lanes)] += x^T dy; biasSum [roundUp(outputs, lanes)] += dy.
    int64_t (*productGradientScratch)(int64_t inputs, int64_t outputs);
    void (*productGradient)(const float* x, const float* dy, int64_t rows, int64_t inputs, int64_t outputs, float* sum,
                            float* biasSum, float* scratch);
    int64_t (*attentionScratch)(const Attention&);
    void (*attention)(const Attention&, const float* mixed, float* y, float* scratch);
};

// Null where the processor has neither AVX-512 nor AVX2.
const Kernels* kernels();
const Kernels* avx512Kernels();
const Kernels* avx2Kernels();

}  // namespace coverslip::rows
