// coverslip::conv3x3(input, weight, bias, padding): at::conv2d with stride 1 and padding 0 or 1, by Winograd's method
// where it serves (images of float32 or bfloat16 and weights of float32 on a processor with AVX2), with its gradients.
#include "winograd.h"
#include "operators.h"
#include "packed_conv.h"
#include "row_blocks.h"
#include "simd.h"
#include "threads.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <numeric>
#include <vector>

namespace coverslip {
namespace winograd {

const Kernels* kernels() {
    static const Kernels* const best = chosen(avx512Kernels, avx2Kernels);
    return best;
}

}  // namespace winograd

namespace {

using winograd::Geometry;
using winograd::Kernels;
using winograd::kProducts;
using winograd::Share;
using winograd::Taps;

at::Tensor floats(at::IntArrayRef shape) { return at::empty(shape, at::TensorOptions().dtype(at::kFloat)); }

// The tensor's storage starts at a multiple of 64 bytes in all of libtorch's processor allocators.
float* scratchOf(at::Tensor& holder, int64_t size) {
    holder = floats({size});
    return holder.data_ptr<float>();
}

// Each thread's columns of a matrix of kernels.
template <class Do>
void forVectors(const Kernels& kernels, int64_t columns, Do act) {
    forAll(0, (columns + kernels.lanes - 1) / kernels.lanes, 1, act);
}

// The taps of a weight [K, C, 3, 3] whose nine lie at equal distances, as a matrix [C, K].
template <class Float>
Taps<Float> tapsOf(const at::Tensor& weight) {
    return {weight.data_ptr<float>(), weight.stride(1), weight.stride(0), weight.stride(3)};
}

// G g G^T of every kernel, packed for `convolve`. For the gradient of the input, inputs and outputs change places and
// the kernels turn by 180 degrees.
at::Tensor packWeights(const Kernels& kernels, const at::Tensor& weight, bool forInputGradient) {
    const auto w = weight.stride(2) == 3 * weight.stride(3) ? weight : weight.contiguous();
    auto taps = tapsOf<const float>(w);
    int64_t rows = w.size(1), columns = w.size(0);
    if (forInputGradient) {
        std::swap(rows, columns);
        taps = {taps.at(0, 0, 8), taps.columnStep, taps.rowStep, -taps.tapStep};
    }
    auto packed = floats({kProducts * kernels.packedSize(rows, columns)});
    float* const to = packed.data_ptr<float>();
    forVectors(kernels, columns,
               [&](int64_t first, int64_t last) { kernels.packWeights(taps, rows, columns, first, last, to); });
    return packed;
}

Geometry geometryOf(const at::Tensor& input, int64_t outputs, int64_t padding) {
    return Geometry(input.size(0), {input.size(2), input.size(3)}, input.size(1), outputs, padding);
}

// input [N, C, H, W] channels-last, packed weights -> [N, outputs, H', W'] channels-last of the input's type.
template <class Element>
at::Tensor convolvePacked(const Geometry& g, const at::Tensor& input, const at::Tensor& packed,
                          const BehindOf<Element>& behind) {
    const auto& kernels = present(winograd::kernels());
    auto output =
        at::empty({g.batch, g.outputs, g.to.height, g.to.width}, input.options(), at::MemoryFormat::ChannelsLast);
    const Element* const from = Of<Element>::data(input);
    const float* const weights = packed.data_ptr<float>();
    Element* const to = Of<Element>::data(output);
    forAll(0, g.tiles(), 1, [&](int64_t first, int64_t last) {
        at::Tensor holder;
        float* const scratch = scratchOf(holder, kernels.convolveScratch(g));
        Of<Element>::winogradKernels().convolve(g, from, weights, behind, to, first, last, scratch);
    });
    return output;
}

at::Tensor convolvePacked(const Geometry& g, const at::Tensor& input, const at::Tensor& packed, const at::Tensor& added,
                          const Clamped& behind) {
    return isBrain(input) ? convolvePacked(g, input, packed, withAdded<Brain>(behind, added))
                          : convolvePacked(g, input, packed, withAdded<float>(behind, added));
}

// input [N, C, H, W] channels-last, weight [K, C, 3, 3] -> [N, K, H', W'] channels-last; forInputGradient the other
// way.
at::Tensor convolve(const Kernels& kernels, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                    int64_t padding, bool forInputGradient) {
    Clamped behind;
    if (bias.defined()) behind.bias = bias.data_ptr<float>();
    return convolvePacked(geometryOf(input, weight.size(forInputGradient ? 1 : 0), padding), input,
                          packWeights(kernels, weight, forInputGradient), {}, behind);
}

// Up to this many channels, threads share the tiles and their sums are added; above, they share the input's channels,
// for sums of 36 C K floats each are too much to write twice.
constexpr int64_t kFewInputs = 128;
constexpr int64_t kTilesOfAThread = 64;

bool sharesTiles(const Geometry& g) { return g.inputs <= kFewInputs; }

std::vector<Share> sharesOf(const Geometry& g, int64_t lanes) {
    std::vector<Share> all;
    if (sharesTiles(g)) {
        const int64_t parts = coverslip::shares(g.tiles() / kTilesOfAThread);
        for (int64_t i = 0; i < parts; ++i)
            all.push_back({g.tiles() * i / parts, g.tiles() * (i + 1) / parts, 0, g.inputs});
        return all;
    }
    // Whole vectors and whole rows of the kernel, the fewest so that shares are even.
    const int64_t step = std::lcm<int64_t>(winograd::kRowsAtOnce, lanes), groups = (g.inputs + step - 1) / step;
    const int64_t parts = coverslip::shares(groups);
    for (int64_t i = 0; i < parts; ++i)
        all.push_back({0, g.tiles(), groups * i / parts * step, std::min(g.inputs, groups * (i + 1) / parts * step)});
    return all;
}

// dL/dg = G^T (sum over tiles of B^T d B * A dy A^T) G, laid out as `weight` [K, C, 3, 3], and, if there is one, the
// gradient of the bias [K].
template <class Element>
std::pair<at::Tensor, at::Tensor> weightGradient(const Kernels& kernels, const at::Tensor& input,
                                                 const at::Tensor& weight, const at::Tensor& gradient, int64_t padding,
                                                 bool biased) {
    const Geometry g = geometryOf(input, gradient.size(1), padding);
    const int64_t rows = winograd::roundUp(g.inputs, winograd::kRowsAtOnce);
    const int64_t columns = winograd::roundUp(g.outputs, kernels.lanes);
    const auto all = sharesOf(g, kernels.lanes);
    const int64_t parts = all.size();
    const bool apart = sharesTiles(g);  // then each share has its own sums
    auto sums = at::zeros({apart ? parts : 1, kProducts, rows, columns}, weight.options());
    auto biasSums = at::zeros({apart ? parts : 1, columns}, weight.options());
    const Element* const from = Of<Element>::data(input);
    const Element* const dy = Of<Element>::data(gradient);
    float *const sum = sums.data_ptr<float>(), *const biasSum = biasSums.data_ptr<float>();
    const int64_t size = apart ? kProducts * rows * columns : 0;
    forAll(0, parts, 1, [&](int64_t begin, int64_t end) {
        at::Tensor holder;
        float* const scratch = scratchOf(holder, kernels.weightGradientScratch(g));
        for (int64_t part = begin; part < end; ++part)
            // Where threads share the inputs, each sees every tile.
            Of<Element>::winogradKernels().weightGradient(
                g, from, dy, all[part], sum + part * size,
                biased && (apart || part == 0) ? biasSum + part * columns : nullptr, scratch);
    });
    const bool lastIsInner = weight.is_contiguous(at::MemoryFormat::ChannelsLast);
    auto taps = at::empty(weight.sizes(), weight.options(),
                          lastIsInner ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    forVectors(kernels, g.outputs, [&](int64_t first, int64_t last) {
        kernels.unpackGradient(sum, sums.size(0), g.inputs, g.outputs, first, last, tapsOf<float>(taps));
    });
    return {taps, biased ? biasSums.sum(0).slice(0, 0, g.outputs) : at::Tensor()};
}

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Conv3x3 : torch::autograd::Function<Conv3x3> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const OptionalTensor& bias, int64_t padding) {
        const auto image = channelsLast(input);
        context->save_for_backward({image, weight});
        context->saved_data["biased"] = bias.has_value();
        context->saved_data["padding"] = padding;
        return convolve(present(winograd::kernels()), image, weight, bias ? bias->contiguous() : at::Tensor(), padding,
                        false);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = channelsLast(gradients[0]);
        const auto& kernels = present(winograd::kernels());
        const int64_t padding = context->saved_data["padding"].toInt();
        variable_list result(4);
        if (context->needs_input_grad(0)) result[0] = convolve(kernels, gradient, saved[1], {}, 2 - padding, true);
        const bool biased = context->saved_data["biased"].toBool();
        if (context->needs_input_grad(1))
            std::tie(result[1], result[2]) =
                (isBrain(saved[0]) ? weightGradient<Brain> : weightGradient<float>)(kernels, saved[0], saved[1],
                                                                                    gradient, padding, biased);
        else if (biased && context->needs_input_grad(2))
            result[2] = gradient.sum({0, 2, 3}, false, at::kFloat);
        return result;
    }
};

// With weights in the image's type, if that is the shorter one: libtorch takes no others.
at::Tensor libtorchs(const at::Tensor& image, const at::Tensor& weight, const OptionalTensor& bias, int64_t padding) {
    const auto alike = [&](const at::Tensor& t) { return isBrain(image) ? t.to(image.scalar_type()) : t; };
    return at::conv2d(image, alike(weight), bias ? OptionalTensor(alike(*bias)) : bias, 1, padding);
}

at::Tensor conv3x3(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias, int64_t padding) {
    TORCH_CHECK(weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3 && (padding == 0 || padding == 1),
                "coverslip::conv3x3: weight [outputs, inputs, 3, 3] and padding 0 or 1 expected, got ", weight.sizes(),
                " and ", padding);
    const bool large = input.dim() == 4 && input.size(2) + 2 * padding >= 3 && input.size(3) + 2 * padding >= 3;
    if (!imageServed(input) || !served(weight) || !served(bias) || !large)
        return libtorchs(input, weight, bias, padding);
    TORCH_CHECK(input.size(1) == weight.size(1) && (!bias || bias->numel() == weight.size(0)),
                "coverslip::conv3x3: input ", input.sizes(), ", weight ", weight.sizes(), " and bias do not match");
    return Conv3x3::apply(input, weight, bias, padding);
}

}  // namespace

OwnConvolution packOwn3x3(const at::Tensor& weight, int64_t padding) {
    const auto& kernels = present(winograd::kernels());
    return [packed = packWeights(kernels, weight, false), outputs = weight.size(0), padding](
               const at::Tensor& image, const at::Tensor& added, const Clamped& behind) {
        return convolvePacked(geometryOf(image, outputs, padding), image, packed, added, behind);
    };
}

}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("conv3x3(Tensor input, Tensor weight, Tensor? bias=None, int padding=1) -> Tensor", coverslip::conv3x3);
}
