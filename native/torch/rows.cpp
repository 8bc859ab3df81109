// Operators over the pixels of channels-last float32 images (rows.h), with their gradients: coverslip::conv1x1,
// batch_norm_relu, cross_entropy and argmax. Other tensors and processors get libtorch's own operators.
#include "operators.h"
#include "rows.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <functional>
#include <numeric>

namespace coverslip {
namespace rows {

const Kernels* kernels() {
#if defined(__x86_64__)
    static const Kernels* const best = __builtin_cpu_supports("avx512f") ? avx512Kernels()
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2Kernels() : nullptr;
    return best;
#else
    return nullptr;
#endif
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
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
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

struct BatchNormRelu : torch::autograd::Function<BatchNormRelu> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, const OptionalTensor& runningMean,
                              const OptionalTensor& runningVariance, double momentum, double epsilon,
                              int64_t reluAt) {
        const auto& kernels = *rows::kernels();
        const auto relu = static_cast<Relu>(reluAt);
        const auto image = channelsLast(input);
        const int64_t channels = image.size(1), rows = image.numel() / channels;
        const float* const x = image.data_ptr<float>();
        // Sums about the first pixel: squares about zero would cancel where the mean is far from it.
        auto origin = image.select(0, 0).select(1, 0).select(1, 0).contiguous();
        if (relu == Relu::Before) origin = origin.relu();
        const auto sums = sumBlocks(rows, channels, [&](int64_t first, int64_t count, float* sum, float* squares) {
            kernels.moments(x + first * channels, count, channels, origin.data_ptr<float>(), relu, sum, squares);
        });
        const auto shift = sums[0] / rows;
        const auto mean = origin.to(at::kDouble) + shift;
        const auto variance = (sums[1] / rows - shift * shift).clamp_min(0);
        const auto scale = weight.to(at::kDouble) / (variance + epsilon).sqrt();
        if (runningMean) {
            runningMean->mul_(1 - momentum).add_(mean, momentum);
            const double unbiased = double(rows) / std::max<int64_t>(1, rows - 1);
            runningVariance->mul_(1 - momentum).add_(variance * unbiased, momentum);
        }
        const auto means = mean.to(at::kFloat), scales = scale.to(at::kFloat);
        const auto offsets = (bias.to(at::kDouble) - mean * scale).to(at::kFloat);
        const rows::Normalisation n{means.data_ptr<float>(), scales.data_ptr<float>(), offsets.data_ptr<float>()};
        auto output = at::empty_like(image);
        float* const y = output.data_ptr<float>();
        forBlocks(rows, [&](int64_t first, int64_t count) {
            kernels.normalise(x + first * channels, count, channels, n, relu, y + first * channels);
        });
        context->saved_data["relu"] = reluAt;
        context->save_for_backward({image, weight, means, scales, offsets, variance + epsilon});
        return output;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto& kernels = *rows::kernels();
        const auto relu = static_cast<Relu>(context->saved_data["relu"].toInt());
        const auto saved = context->get_saved_variables();
        const auto& image = saved[0];
        const auto gradient = channelsLast(gradients[0]);
        const int64_t channels = image.size(1), rows = image.numel() / channels;
        const float *const x = image.data_ptr<float>(), *const dy = gradient.data_ptr<float>();
        const rows::Normalisation n{saved[2].data_ptr<float>(), saved[3].data_ptr<float>(), saved[4].data_ptr<float>()};
        const auto sums = sumBlocks(rows, channels, [&](int64_t first, int64_t count, float* sum, float* products) {
            kernels.gradientSums(x + first * channels, dy + first * channels, count, channels, n, relu, sum, products);
        });
        const auto deviation = saved[5].sqrt();
        variable_list result(8);
        result[1] = (sums[1] / deviation).to(at::kFloat);
        result[2] = sums[0].to(at::kFloat);
        if (!context->needs_input_grad(0)) return result;

        // Ioffe & Szegedy 2015, sec. 3, with the two means per channel known.
        const auto tilts = (saved[1].to(at::kDouble) * sums[1] / (saved[5] * deviation * double(-rows))).to(at::kFloat);
        const auto shifts = (saved[1].to(at::kDouble) * sums[0] / (deviation * double(-rows))).to(at::kFloat);
        const rows::NormalisationGradient g{n.scale, tilts.data_ptr<float>(), shifts.data_ptr<float>()};
        result[0] = at::empty_like(image);
        float* const dx = result[0].data_ptr<float>();
        forBlocks(rows, [&](int64_t first, int64_t count) {
            const int64_t at = first * channels;
            kernels.normalisationGradient(x + at, dy + at, count, channels, n, g, relu, dx + at);
        });
        return result;
    }
};

at::Tensor batchNormRelu(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                         const OptionalTensor& runningMean, const OptionalTensor& runningVariance,
                         double momentum, double epsilon, int64_t relu) {
    TORCH_CHECK(relu >= 0 && relu <= 2,
                "coverslip::batch_norm_relu: relu 0 (none), 1 (before) or 2 (after) expected, got ", relu);
    const int64_t channels = input.dim() == 4 ? input.size(1) : -1;
    TORCH_CHECK(weight.numel() == channels && bias.numel() == channels,
                "coverslip::batch_norm_relu: input ", input.sizes(), ", weight ", weight.sizes(), " and bias ",
                bias.sizes(), " do not match");
    if (served(input) && served(weight) && served(bias) && runningMean.has_value() == runningVariance.has_value())
        return BatchNormRelu::apply(input, weight.contiguous(), bias.contiguous(), runningMean, runningVariance,
                                    momentum, epsilon, relu);
    const auto y = at::batch_norm(relu == 1 ? input.relu() : input, weight, bias, runningMean, runningVariance, true,
                                  momentum, epsilon, false);
    return relu == 2 ? y.relu() : y;
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
            loss[first / kBlock] = rows::kernels()->crossEntropy(from + at, label + first, block, classes,
                                                                1.0f / static_cast<float>(count), to + at);
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
    TORCH_CHECK(scores.dim() == 2 && target.dim() == 1 && target.size(0) == scores.size(0)
                    && target.scalar_type() == at::kLong,
                "coverslip::cross_entropy: scores [N, classes] and int64 target [N] expected, got ", scores.sizes(),
                " and ", target.sizes(), " of ", target.scalar_type());
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
        rows::kernels()->argmax(from + first * classes, count, classes, to + first);
    });
    return labels;
}

}  // namespace
}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("batch_norm_relu(Tensor input, Tensor weight, Tensor bias, Tensor? running_mean, Tensor? running_var, "
          "float momentum, float eps, int relu) -> Tensor", coverslip::batchNormRelu);
    m.def("cross_entropy(Tensor scores, Tensor target) -> Tensor", coverslip::crossEntropy);
    m.def("argmax(Tensor scores) -> Tensor", coverslip::argmax);
}
