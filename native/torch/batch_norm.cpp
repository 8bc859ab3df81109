// coverslip::batch_norm_relu, with an image added before the ReLU, as residual networks do, and the same over several
// processes.
#include "batch_norm.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>

#include "group.h"
#include "row_blocks.h"

namespace coverslip {
namespace {

using rows::Relu;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// How many values, and of each channel their mean and the sum of their squared deviations from it.
struct Moments {
    double count;
    std::vector<double> means, squares;
};

Moments ownMoments(const at::Tensor& image, Relu relu) {
    const int64_t channels = image.size(1), count = image.numel() / channels;
    // Sums about the first pixel: squares about zero would cancel where the mean is far from it.
    auto origin = image.select(0, 0).select(1, 0).select(1, 0).to(at::kFloat).contiguous();
    if (relu == Relu::Before) origin = origin.relu();
    const auto sums = isBrain(image) ? moments<Brain>(image, origin, relu) : moments<float>(image, origin, relu);
    const auto sum = sums.accessor<double, 2>();
    const float* const start = origin.data_ptr<float>();
    Moments own{static_cast<double>(count), std::vector<double>(channels), std::vector<double>(channels)};
    for (int64_t c = 0; c < channels; ++c) {
        const double shift = sum[0][c] / own.count;
        own.means[c] = start[c] + shift;
        own.squares[c] = std::max(0.0, sum[1][c] - shift * sum[0][c]);
    }
    return own;
}

// Those of all ranks' values together, from a row of each rank: Chan, Golub & LeVeque 1983.
Moments together(const Moments& own, const NormOver& over) {
    const int64_t channels = static_cast<int64_t>(own.means.size()), ranks = over.group->getSize();
    auto rowsOfRanks = at::zeros({ranks, 2 * channels + 1}, at::kDouble);
    if (over.counts) {
        double* const row = rowsOfRanks.select(0, over.group->getRank()).data_ptr<double>();
        std::copy(own.means.begin(), own.means.end(), row);
        std::copy(own.squares.begin(), own.squares.end(), row + channels);
        row[2 * channels] = own.count;
    }
    add_up(over.group, rowsOfRanks);
    const auto row = rowsOfRanks.accessor<double, 2>();
    Moments all{0, std::vector<double>(channels), std::vector<double>(channels)};
    for (int64_t r = 0; r < ranks; ++r) all.count += row[r][2 * channels];
    for (int64_t c = 0; c < channels; ++c) {
        for (int64_t r = 0; r < ranks; ++r) all.means[c] += row[r][2 * channels] / all.count * row[r][c];
        for (int64_t r = 0; r < ranks; ++r) {
            const double apart = row[r][c] - all.means[c];
            all.squares[c] += row[r][channels + c] + row[r][2 * channels] * apart * apart;
        }
    }
    return all;
}

void track(const NormLayer& layer, const Moments& moments) {
    if (!layer.runningMean) return;
    auto of = layer.runningMean->accessor<float, 1>(), squares = layer.runningVariance->accessor<float, 1>();
    const double unbiased = std::max(1.0, moments.count - 1), momentum = layer.momentum;
    for (int64_t c = 0; c < of.size(0); ++c) {
        of[c] = static_cast<float>(of[c] * (1 - momentum) + moments.means[c] * momentum);
        squares[c] = static_cast<float>(squares[c] * (1 - momentum) + moments.squares[c] / unbiased * momentum);
    }
}

struct BatchNormRelu : torch::autograd::Function<BatchNormRelu> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, const OptionalTensor& added, const NormLayer& layer,
                              const NormOver& over) {
        at::AutoGradMode off(false);
        const auto image = channelsLast(input);
        const int64_t channels = image.size(1);
        Moments moments = ownMoments(image, layer.relu);
        if (over.group) moments = together(moments, over);
        track(layer, moments);
        // Per channel: the mean, scale and offset in float32, then the deviation.
        auto of = at::empty({4, channels}, at::kFloat);
        auto numbers = of.accessor<float, 2>();
        const float *const factor = weight.data_ptr<float>(), *const constant = bias.data_ptr<float>();
        for (int64_t c = 0; c < channels; ++c) {
            const double deviation = std::sqrt(moments.squares[c] / moments.count + layer.epsilon);
            const double scale = factor[c] / deviation;
            numbers[0][c] = static_cast<float>(moments.means[c]);
            numbers[1][c] = static_cast<float>(scale);
            numbers[2][c] = static_cast<float>(constant[c] - moments.means[c] * scale);
            numbers[3][c] = static_cast<float>(deviation);
        }
        auto output = at::empty_like(image);
        const auto beside = added ? channelsLast(*added) : at::Tensor();
        if (isBrain(image))
            normalize<Brain>(image, beside, normalization(of), layer.relu, output);
        else
            normalize<float>(image, beside, normalization(of), layer.relu, output);
        context->saved_data["relu"] = static_cast<int64_t>(layer.relu);
        context->saved_data["count"] = moments.count;
        context->saved_data["counts"] = over.counts;
        if (over.group) context->saved_data["group"] = c10::IValue::make_capsule(over.group);
        // What the ReLU let through is then not to be told from the image alone.
        context->save_for_backward({image, of, added && layer.relu == Relu::After ? output : at::Tensor()});
        context->saved_data["added"] = added.has_value();
        return output;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        auto gradient = channelsLast(gradients[0]);
        auto relu = static_cast<Relu>(context->saved_data["relu"].toInt());
        const bool added = context->saved_data["added"].toBool();
        if (saved[2].defined()) gradient = at::threshold_backward(gradient, saved[2], 0);
        if (added) relu = Relu::None;
        auto result = isBrain(saved[0]) ? gradientsOf<Brain>(context, saved[0], gradient, saved[1], relu)
                                        : gradientsOf<float>(context, saved[0], gradient, saved[1], relu);
        if (added) result[3] = gradient;
        return result;
    }

private:
    static rows::Normalization normalization(const at::Tensor& of) {
        const int64_t channels = of.size(1);
        const float* const numbers = of.data_ptr<float>();
        return {numbers, numbers + channels, numbers + 2 * channels};
    }

    template <class Element>
    static variable_list gradientsOf(AutogradContext* context, const at::Tensor& image, const at::Tensor& gradient,
                                     const at::Tensor& of, Relu relu) {
        const auto& kernels = Of<Element>::kernels();
        const int64_t channels = image.size(1), rows = image.numel() / channels;
        const Element *const x = Of<Element>::data(image), *const dy = Of<Element>::data(gradient);
        const auto n = normalization(of);
        const at::Tensor sums =
            sumBlocks(rows, channels, [&](int64_t first, int64_t count, float* sum, float* products) {
                kernels.gradientSums(x + first * channels, dy + first * channels, count, channels, n, relu, sum,
                                     products);
            });
        // Weight and bias get this process's part: gradients of parameters meet elsewhere.
        auto parts = at::empty({4, channels}, at::kFloat);
        auto to = parts.accessor<float, 2>();
        const auto numbers = of.accessor<float, 2>();
        const auto sum = sums.accessor<double, 2>();
        for (int64_t c = 0; c < channels; ++c) {
            to[0][c] = static_cast<float>(sum[1][c] / numbers[3][c]);
            to[1][c] = static_cast<float>(sum[0][c]);
        }
        variable_list result(6);
        result[1] = parts[0];
        result[2] = parts[1];
        if (!context->needs_input_grad(0)) return result;
        if (const auto over = context->saved_data.find("group"); over != context->saved_data.end())
            add_up(c10::static_intrusive_pointer_cast<c10d::ProcessGroup>(over->second.toCapsule()), sums);
        // Ioffe & Szegedy 2015, sec. 3, with the two means per channel known; they are nothing to values that do not
        // count.
        const double each = context->saved_data["counts"].toBool() ? 1 / context->saved_data["count"].toDouble() : 0;
        for (int64_t c = 0; c < channels; ++c) {
            const double deviation = numbers[3][c], scale = numbers[1][c];
            to[2][c] = static_cast<float>(-scale * sum[1][c] * each / (deviation * deviation));
            to[3][c] = static_cast<float>(-scale * sum[0][c] * each);
        }
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

at::Tensor batchNormRelu(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                         const OptionalTensor& runningMean, const OptionalTensor& runningVariance, double momentum,
                         double epsilon, int64_t relu, const OptionalTensor& added) {
    TORCH_CHECK(relu >= 0 && relu <= 3,
                "coverslip::batch_norm_relu: relu 0 (none), 1 (before), 2 (after) or 3 (after, to 6) expected, got ",
                relu);
    const int64_t channels = input.dim() == 4 ? input.size(1) : -1;
    TORCH_CHECK(weight.numel() == channels && bias.numel() == channels, "coverslip::batch_norm_relu: input ",
                input.sizes(), ", weight ", weight.sizes(), " and bias ", bias.sizes(), " do not match");
    TORCH_CHECK(
        !added || ((relu == 0 || relu == 2) && added->sizes() == input.sizes()),
        "coverslip::batch_norm_relu: an image is added before relu 0 (none) or 2 (after) and of the input's sizes, "
        "got relu ",
        relu, ", input ", input.sizes());
    const NormLayer layer{weight, bias, runningMean, runningVariance, momentum, epsilon, static_cast<Relu>(relu)};
    const bool alike = !added || (added->device() == input.device() && added->scalar_type() == input.scalar_type());
    if (imageServed(input) && layer.served() && alike) return batchNorm(input, added, layer, {});
    const auto y = at::batch_norm(relu == 1 ? input.relu() : input, weight, bias, runningMean, runningVariance, true,
                                  momentum, epsilon, false);
    return rectified(added ? y + *added : y, layer.relu);
}

}  // namespace

at::Tensor batchNorm(const at::Tensor& image, const OptionalTensor& added, const NormLayer& layer,
                     const NormOver& over) {
    return BatchNormRelu::apply(image, layer.weight.contiguous(), layer.bias.contiguous(), added, layer, over);
}

}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("batch_norm_relu(Tensor input, Tensor weight, Tensor bias, Tensor? running_mean, Tensor? running_var, "
          "float momentum, float eps, int relu, Tensor? added=None) -> Tensor",
          coverslip::batchNormRelu);
}
