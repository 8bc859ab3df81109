// Passes over the rows of channels-last images on all threads, in blocks, for images of float32 and of bfloat16.
#pragma once

#include "operators.h"
#include "rows.h"
#include "threads.h"
#include "winograd.h"

#include <algorithm>
#include <vector>

namespace coverslip {

constexpr int64_t kBlock = 1024;  // rows that a thread takes at once
// Rows whose sums are taken in float32, to be added up in float64: so few that the sums hardly depend on where an image
// is cut, and one process and several with a part of its images each find the same to the last digit of float32.
constexpr int64_t kFloatRows = 64;

// Calls block(first row, rows) for blocks of rows on all threads.
template <class Block>
void forBlocks(int64_t rows, const Block& block) {
    const int64_t blocks = (rows + kBlock - 1) / kBlock;
    forAll(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) block(b * kBlock, std::min(kBlock, rows - b * kBlock));
    });
}

// Two sums per channel over all rows, in float64: [2, channels]. The order of addition does not depend on the threads.
template <class Block>
at::Tensor sumBlocks(int64_t rows, int64_t channels, const Block& block) {
    auto sums = at::zeros({(rows + kBlock - 1) / kBlock, 2, channels}, at::kDouble);
    double* const to = sums.data_ptr<double>();
    forBlocks(rows, [&](int64_t begin, int64_t count) {
        double* const sum = to + begin / kBlock * 2 * channels;
        std::vector<float> few(2 * channels);
        for (int64_t first = begin; first < begin + count; first += kFloatRows) {
            std::fill(few.begin(), few.end(), 0.0f);
            block(first, std::min(kFloatRows, begin + count - first), few.data(), few.data() + channels);
            for (int64_t c = 0; c < 2 * channels; ++c) sum[c] += few[c];
        }
    });
    return sums.sum(0);
}

// The kernels of an image's element type, and its elements.
template <class Element>
struct Of;

template <>
struct Of<float> {
    static const rows::NormKernels<float>& kernels() { return present(rows::kernels()).norm; }
    static const winograd::ImageKernels<float>& winogradKernels() { return present(winograd::kernels()).floats; }
    static float* data(const at::Tensor& image) { return image.data_ptr<float>(); }
};

template <>
struct Of<Brain> {
    static const rows::NormKernels<Brain>& kernels() { return present(rows::kernels()).brainNorm; }
    static const winograd::ImageKernels<Brain>& winogradKernels() { return present(winograd::kernels()).brains; }
    static Brain* data(const at::Tensor& image) { return reinterpret_cast<Brain*>(image.data_ptr<at::BFloat16>()); }
};

// `added` may be undefined.
template <class Element>
BehindOf<Element> withAdded(const Clamped& clamped, const at::Tensor& added) {
    return {clamped, added.defined() ? Of<Element>::data(added) : nullptr};
}

inline bool isBrain(const at::Tensor& tensor) { return tensor.scalar_type() == at::kBFloat16; }

// Images of both types; the numbers per channel are always float32.
inline bool imageServed(const at::Tensor& image) {
    return served(image) || (rows::kernels() && image.device().is_cpu() && isBrain(image) && image.numel() > 0);
}

// `added` may be undefined.
template <class Element>
void normalize(const at::Tensor& image, const at::Tensor& added, const rows::Normalization& n, rows::Relu relu,
               const at::Tensor& output) {
    const int64_t channels = image.size(1);
    const Element* const x = Of<Element>::data(image);
    const Element* const beside = added.defined() ? Of<Element>::data(added) : nullptr;
    Element* const y = Of<Element>::data(output);
    forBlocks(image.numel() / channels, [&](int64_t first, int64_t count) {
        const int64_t at = first * channels;
        Of<Element>::kernels().normalize(x + at, beside ? beside + at : nullptr, count, channels, n, relu, y + at);
    });
}

template <class Element>
at::Tensor moments(const at::Tensor& image, const at::Tensor& origin, rows::Relu relu) {
    const int64_t channels = image.size(1);
    const Element* const x = Of<Element>::data(image);
    return sumBlocks(image.numel() / channels, channels, [&](int64_t first, int64_t count, float* sum, float* squares) {
        Of<Element>::kernels().moments(x + first * channels, count, channels, origin.data_ptr<float>(), relu, sum,
                                       squares);
    });
}

}  // namespace coverslip
