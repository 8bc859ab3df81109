// Operators over the pixels of channels-last images (rows.h), with their gradients: coverslip::conv1x1,
// batch_norm_relu, channel_affine, channel_means, cross_entropy and argmax. Other tensors and processors get libtorch's
// own operators.
#include "rows.h"
#include "operators.h"
#include "simd.h"
#include "threads.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace coverslip {
namespace rows {

const Kernels* kernels() {
    static const Kernels* const best = chosen(avx512Kernels, avx2Kernels);
    return best;
}

}  // namespace rows

namespace {

using rows::Kernels;
using rows::Relu;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kBlock = 1024;  // rows whose sums may be added up in float32; blocks are added in float64

// Calls block(first row, rows) for blocks of rows on all threads.
void forBlocks(int64_t rows, const std::function<void(int64_t, int64_t)>& block) {
    const int64_t blocks = (rows + kBlock - 1) / kBlock;
    forAll(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) block(b * kBlock, std::min(kBlock, rows - b * kBlock));
    });
}

// Two sums per channel over all rows, in float64: [2, channels]. The order of addition does not depend on the threads.
at::Tensor sumBlocks(int64_t rows, int64_t channels,
                     const std::function<void(int64_t, int64_t, float*, float*)>& block) {
    auto sums = at::zeros({(rows + kBlock - 1) / kBlock, 2, channels}, at::kFloat);
    float* const to = sums.data_ptr<float>();
    forBlocks(rows, [&](int64_t first, int64_t count) {
        float* const sum = to + first / kBlock * 2 * channels;
        block(first, count, sum, sum + channels);
    });
    return sums.to(at::kDouble).sum(0);
}

// The kernels of an image's element type, and its elements.
template <class Element>
struct Of;

template <>
struct Of<float> {
    static const rows::NormKernels<float>& kernels() { return present(rows::kernels()).norm; }
    static float* data(const at::Tensor& image) { return image.data_ptr<float>(); }
};

template <>
struct Of<rows::Brain> {
    static const rows::NormKernels<rows::Brain>& kernels() { return present(rows::kernels()).brainNorm; }
    static rows::Brain* data(const at::Tensor& image) {
        return reinterpret_cast<rows::Brain*>(image.data_ptr<at::BFloat16>());
    }
};

bool isBrain(const at::Tensor& tensor) { return tensor.scalar_type() == at::kBFloat16; }

// Images of both types; the numbers per channel are always float32.
bool normServed(const at::Tensor& image) {
    return served(image) || (rows::kernels() && image.device().is_cpu() && isBrain(image) && image.numel() > 0);
}

template <class Element>
void normalize(const at::Tensor& image, const rows::Normalization& n, Relu relu, const at::Tensor& output) {
    const int64_t channels = image.size(1);
    const Element* const x = Of<Element>::data(image);
    Element* const y = Of<Element>::data(output);
    forBlocks(image.numel() / channels, [&](int64_t first, int64_t count) {
        Of<Element>::kernels().normalize(x + first * channels, count, channels, n, relu, y + first * channels);
    });
}

template <class Element>
at::Tensor moments(const at::Tensor& image, const at::Tensor& origin, Relu relu) {
    const int64_t channels = image.size(1);
    const Element* const x = Of<Element>::data(image);
    return sumBlocks(image.numel() / channels, channels, [&](int64_t first, int64_t count, float* sum, float* squares) {
        Of<Element>::kernels().moments(x + first * channels, count, channels, origin.data_ptr<float>(), relu, sum,
                                       squares);
    });
}

// Moves the running statistics; `square` is the batch's variance before Bessel's correction.
void track(const OptionalTensor& mean, const OptionalTensor& variance, int64_t rows, double momentum,
           const double* average, const double* square) {
    if (!mean) return;
    auto of = mean->accessor<float, 1>(), squares = variance->accessor<float, 1>();
    const double unbiased = double(rows) / std::max<int64_t>(1, rows - 1);
    for (int64_t c = 0; c < of.size(0); ++c) {
        of[c] = static_cast<float>(of[c] * (1 - momentum) + average[c] * momentum);
        squares[c] = static_cast<float>(squares[c] * (1 - momentum) + square[c] * unbiased * momentum);
    }
}

struct BatchNormRelu : torch::autograd::Function<BatchNormRelu> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, const OptionalTensor& runningMean,
                              const OptionalTensor& runningVariance, double momentum, double epsilon, int64_t reluAt) {
        const auto relu = static_cast<Relu>(reluAt);
        const auto image = channelsLast(input);
        const int64_t channels = image.size(1), rows = image.numel() / channels;
        // Sums about the first pixel: squares about zero would cancel where the mean is far from it.
        auto origin = image.select(0, 0).select(1, 0).select(1, 0).to(at::kFloat).contiguous();
        if (relu == Relu::Before) origin = origin.relu();
        const auto sums =
            isBrain(image) ? moments<rows::Brain>(image, origin, relu) : moments<float>(image, origin, relu);
        // Per channel: the mean, scale and offset in float32, then the deviation.
        auto of = at::empty({4, channels}, at::kFloat);
        std::vector<double> means(channels), variances(channels);
        const auto sum = sums.accessor<double, 2>();
        auto numbers = of.accessor<float, 2>();
        const float *const start = origin.data_ptr<float>(), *const factor = weight.data_ptr<float>();
        const float* const constant = bias.data_ptr<float>();
        for (int64_t c = 0; c < channels; ++c) {
            const double shift = sum[0][c] / rows;
            means[c] = start[c] + shift;
            variances[c] = std::max(0.0, sum[1][c] / rows - shift * shift);
            const double deviation = std::sqrt(variances[c] + epsilon), scale = factor[c] / deviation;
            numbers[0][c] = static_cast<float>(means[c]);
            numbers[1][c] = static_cast<float>(scale);
            numbers[2][c] = static_cast<float>(constant[c] - means[c] * scale);
            numbers[3][c] = static_cast<float>(deviation);
        }
        track(runningMean, runningVariance, rows, momentum, means.data(), variances.data());
        auto output = at::empty_like(image);
        if (isBrain(image))
            normalize<rows::Brain>(image, normalization(of), relu, output);
        else
            normalize<float>(image, normalization(of), relu, output);
        context->saved_data["relu"] = reluAt;
        context->save_for_backward({image, of});
        return output;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = channelsLast(gradients[0]);
        const auto relu = static_cast<Relu>(context->saved_data["relu"].toInt());
        const bool needed = context->needs_input_grad(0);
        return isBrain(saved[0]) ? gradientsOf<rows::Brain>(saved[0], gradient, saved[1], relu, needed)
                                 : gradientsOf<float>(saved[0], gradient, saved[1], relu, needed);
    }

private:
    static rows::Normalization normalization(const at::Tensor& of) {
        const int64_t channels = of.size(1);
        const float* const numbers = of.data_ptr<float>();
        return {numbers, numbers + channels, numbers + 2 * channels};
    }

    template <class Element>
    static variable_list gradientsOf(const at::Tensor& image, const at::Tensor& gradient, const at::Tensor& of,
                                     Relu relu, bool needed) {
        const auto& kernels = Of<Element>::kernels();
        const int64_t channels = image.size(1), rows = image.numel() / channels;
        const Element *const x = Of<Element>::data(image), *const dy = Of<Element>::data(gradient);
        const auto n = normalization(of);
        const at::Tensor sums =
            sumBlocks(rows, channels, [&](int64_t first, int64_t count, float* sum, float* products) {
                kernels.gradientSums(x + first * channels, dy + first * channels, count, channels, n, relu, sum,
                                     products);
            });
        variable_list result(8);
        // Ioffe & Szegedy 2015, sec. 3, with the two means per channel known.
        auto parts = at::empty({4, channels}, at::kFloat);
        const auto sum = sums.accessor<double, 2>();
        auto numbers = of.accessor<float, 2>(), to = parts.accessor<float, 2>();
        for (int64_t c = 0; c < channels; ++c) {
            const double deviation = numbers[3][c], scale = numbers[1][c];
            to[0][c] = static_cast<float>(sum[1][c] / deviation);
            to[1][c] = static_cast<float>(sum[0][c]);
            to[2][c] = static_cast<float>(-scale * sum[1][c] / (deviation * deviation * double(rows)));
            to[3][c] = static_cast<float>(-scale * sum[0][c] / double(rows));
        }
        result[1] = parts[0];
        result[2] = parts[1];
        if (!needed) return result;
        const float* const from = parts.data_ptr<float>();
        const rows::NormalizationGradient g{n.scale, from + 2 * channels, from + 3 * channels};
        result[0] = at::empty_like(image);
        Element* const dx = Of<Element>::data(result[0]);
        forBlocks(rows, [&](int64_t first, int64_t count) {
            const int64_t at = first * channels;
            kernels.normalizationGradient(x + at, dy + at, count, channels, n, g, relu, dx + at);
        });
        return result;
    }
};

at::Tensor rectified(const at::Tensor& y, Relu relu) {
    // hardtanh has no gradient for bfloat16 in libtorch 1.13.
    if (relu == Relu::Clipped && isBrain(y)) return at::hardtanh(y.to(at::kFloat), 0, 6).to(y.scalar_type());
    return relu == Relu::After ? y.relu() : relu == Relu::Clipped ? at::hardtanh(y, 0, 6) : y;
}

at::Tensor batchNormRelu(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                         const OptionalTensor& runningMean, const OptionalTensor& runningVariance, double momentum,
                         double epsilon, int64_t relu) {
    TORCH_CHECK(relu >= 0 && relu <= 3,
                "coverslip::batch_norm_relu: relu 0 (none), 1 (before), 2 (after) or 3 (after, to 6) expected, got ",
                relu);
    const int64_t channels = input.dim() == 4 ? input.size(1) : -1;
    TORCH_CHECK(weight.numel() == channels && bias.numel() == channels, "coverslip::batch_norm_relu: input ",
                input.sizes(), ", weight ", weight.sizes(), " and bias ", bias.sizes(), " do not match");
    if (normServed(input) && served(weight) && served(bias) && served(runningMean) && served(runningVariance) &&
        runningMean.has_value() == runningVariance.has_value())
        return BatchNormRelu::apply(input, weight.contiguous(), bias.contiguous(), runningMean, runningVariance,
                                    momentum, epsilon, relu);
    const auto y = at::batch_norm(relu == 1 ? input.relu() : input, weight, bias, runningMean, runningVariance, true,
                                  momentum, epsilon, false);
    return rectified(y, static_cast<Relu>(relu));
}

at::Tensor channelAffine(const at::Tensor& input, const at::Tensor& scale, const at::Tensor& offset, int64_t reluAt) {
    TORCH_CHECK(reluAt == 0 || reluAt == 2 || reluAt == 3,
                "coverslip::channel_affine: relu 0 (none), 2 (after) or 3 (after, to 6) expected, got ", reluAt);
    const int64_t channels = input.dim() == 4 ? input.size(1) : -1;
    TORCH_CHECK(scale.numel() == channels && offset.numel() == channels, "coverslip::channel_affine: input ",
                input.sizes(), ", scale ", scale.sizes(), " and offset ", offset.sizes(), " do not match");
    const auto relu = static_cast<Relu>(reluAt);
    const bool records =
        at::GradMode::is_enabled() && (input.requires_grad() || scale.requires_grad() || offset.requires_grad());
    if (records || !normServed(input) || !served(scale) || !served(offset)) {
        const auto y = input * scale.view({1, channels, 1, 1}) + offset.view({1, channels, 1, 1});
        return rectified(y, relu).to(input.scalar_type());
    }
    const auto image = channelsLast(input), factor = scale.contiguous(), constant = offset.contiguous();
    auto output = at::empty_like(image);
    const rows::Normalization n{nullptr, factor.data_ptr<float>(), constant.data_ptr<float>()};
    if (isBrain(image))
        normalize<rows::Brain>(image, n, relu, output);
    else
        normalize<float>(image, n, relu, output);
    return output;
}

// An image with its channels' means [batch, channels]: both gradients come back in one pass over the image, where
// libtorch spreads that of the means over a map, divides it and adds it.
struct ChannelMeans : torch::autograd::Function<ChannelMeans> {
    static variable_list forward(AutogradContext* context, const at::Tensor& input) {
        const auto image = channelsLast(input);
        const int64_t channels = image.size(1), rows = image.size(2) * image.size(3);
        auto means = at::empty({image.size(0), channels}, at::kFloat);
        const auto origin = at::zeros({channels}, at::kFloat);
        for (int64_t i = 0; i < image.size(0); ++i)
            means[i].copy_(moments<float>(image.narrow(0, i, 1), origin, Relu::None)[0] / static_cast<double>(rows));
        context->saved_data["rows"] = rows;
        return {image, means};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const int64_t rows = context->saved_data["rows"].toInt(), channels = gradients[1].size(1);
        const auto spread = (gradients[1] / static_cast<double>(rows)).contiguous(),
                   ones = at::ones({channels}, at::kFloat);
        const auto gradient = channelsLast(gradients[0]);
        auto result = at::empty_like(gradient);
        for (int64_t i = 0; i < gradient.size(0); ++i) {
            const rows::Normalization n{nullptr, ones.data_ptr<float>(), spread.data_ptr<float>() + i * channels};
            normalize<float>(gradient.narrow(0, i, 1), n, Relu::None, result.narrow(0, i, 1));
        }
        return {result};
    }
};

std::tuple<at::Tensor, at::Tensor> channelMeans(const at::Tensor& input) {
    TORCH_CHECK(input.dim() == 4, "coverslip::channel_means: input [B, C, H, W] expected, got ", input.sizes());
    if (!served(input)) return {input, input.mean({2, 3})};
    const auto both = ChannelMeans::apply(input);
    return {both[0], both[1]};
}

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& scores, const at::Tensor& target) {
        const auto x = scores.contiguous(), labels = target.contiguous();
        const int64_t count = x.size(0), classes = x.size(1);
        auto gradient = at::empty_like(x);
        auto losses = at::zeros({(count + kBlock - 1) / kBlock}, at::kDouble);
        const float* const from = x.data_ptr<float>();
        const int64_t* const label = labels.data_ptr<int64_t>();
        float* const to = gradient.data_ptr<float>();
        double* const loss = losses.data_ptr<double>();
        forBlocks(count, [&](int64_t first, int64_t block) {
            const int64_t at = first * classes;
            loss[first / kBlock] =
                present(rows::kernels())
                    .crossEntropy(from + at, label + first, block, classes, 1.0f / static_cast<float>(count), to + at);
        });
        context->saved_data["gradient"] = gradient;
        return (losses.sum() / count).to(at::kFloat);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto gradient = context->saved_data["gradient"].toTensor();
        // The usual factor is one, and multiplying by it would read and write the whole matrix.
        const bool one = gradients[0].item<float>() == 1.0f;
        return {one ? gradient : gradient * gradients[0], at::Tensor()};
    }
};

at::Tensor crossEntropy(const at::Tensor& scores, const at::Tensor& target) {
    if (!served(scores) || !target.device().is_cpu()) return at::cross_entropy_loss(scores, target);
    TORCH_CHECK(
        scores.dim() == 2 && target.dim() == 1 && target.size(0) == scores.size(0) && target.scalar_type() == at::kLong,
        "coverslip::cross_entropy: scores [N, classes] and int64 target [N] expected, got ", scores.sizes(), " and ",
        target.sizes(), " of ", target.scalar_type());
    const int64_t least = target.min().item<int64_t>(), most = target.max().item<int64_t>();
    TORCH_CHECK(least >= 0 && most < scores.size(1), "coverslip::cross_entropy: target from ", least, " to ", most,
                ", but scores has ", scores.size(1), " classes");
    return CrossEntropy::apply(scores, target);
}

at::Tensor argmax(const at::Tensor& scores) {
    TORCH_CHECK(scores.dim() == 2, "coverslip::argmax: scores [N, classes] expected, got ", scores.sizes());
    if (!served(scores)) return scores.argmax(1);
    const auto x = scores.detach().contiguous();
    const int64_t classes = x.size(1);
    auto labels = at::empty({x.size(0)}, at::kLong);
    const float* const from = x.data_ptr<float>();
    int64_t* const to = labels.data_ptr<int64_t>();
    forBlocks(x.size(0), [&](int64_t first, int64_t count) {
        present(rows::kernels()).argmax(from + first * classes, count, classes, to + first);
    });
    return labels;
}

}  // namespace
}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("batch_norm_relu(Tensor input, Tensor weight, Tensor bias, Tensor? running_mean, Tensor? running_var, "
          "float momentum, float eps, int relu) -> Tensor",
          coverslip::batchNormRelu);
    m.def("channel_affine(Tensor input, Tensor scale, Tensor offset, int relu) -> Tensor", coverslip::channelAffine);
    m.def("channel_means(Tensor input) -> (Tensor, Tensor)", coverslip::channelMeans);
    m.def("cross_entropy(Tensor scores, Tensor target) -> Tensor", coverslip::crossEntropy);
    m.def("argmax(Tensor scores) -> Tensor", coverslip::argmax);
}
