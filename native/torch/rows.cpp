// Operators over the pixels of channels-last images (rows.h), with their gradients: coverslip::channel_affine,
// channel_means, cross_entropy and argmax. Other tensors and processors get libtorch's own operators.
#include "rows.h"
#include "batch_norm.h"
#include "row_blocks.h"
#include "simd.h"

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

at::Tensor rectified(const at::Tensor& y, rows::Relu relu) {
    // hardtanh has no gradient for bfloat16 in libtorch 1.13.
    if (relu == rows::Relu::Clipped && isBrain(y)) return at::hardtanh(y.to(at::kFloat), 0, 6).to(y.scalar_type());
    return relu == rows::Relu::After ? y.relu() : relu == rows::Relu::Clipped ? at::hardtanh(y, 0, 6) : y;
}

namespace {

using rows::Kernels;
using rows::Relu;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor channelAffine(const at::Tensor& input, const at::Tensor& scale, const at::Tensor& offset, int64_t reluAt) {
    TORCH_CHECK(reluAt == 0 || reluAt == 2 || reluAt == 3,
                "coverslip::channel_affine: relu 0 (none), 2 (after) or 3 (after, to 6) expected, got ", reluAt);
    const int64_t channels = input.dim() == 4 ? input.size(1) : -1;
    TORCH_CHECK(scale.numel() == channels && offset.numel() == channels, "coverslip::channel_affine: input ",
                input.sizes(), ", scale ", scale.sizes(), " and offset ", offset.sizes(), " do not match");
    const auto relu = static_cast<Relu>(reluAt);
    const bool records =
        at::GradMode::is_enabled() && (input.requires_grad() || scale.requires_grad() || offset.requires_grad());
    if (records || !imageServed(input) || !served(scale) || !served(offset)) {
        const auto y = input * scale.view({1, channels, 1, 1}) + offset.view({1, channels, 1, 1});
        return rectified(y, relu).to(input.scalar_type());
    }
    const auto image = channelsLast(input), factor = scale.contiguous(), constant = offset.contiguous();
    auto output = at::empty_like(image);
    const rows::Normalization n{nullptr, factor.data_ptr<float>(), constant.data_ptr<float>()};
    if (isBrain(image))
        normalize<Brain>(image, {}, n, relu, output);
    else
        normalize<float>(image, {}, n, relu, output);
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
            normalize<float>(gradient.narrow(0, i, 1), {}, n, Relu::None, result.narrow(0, i, 1));
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
    m.def("channel_affine(Tensor input, Tensor scale, Tensor offset, int relu) -> Tensor", coverslip::channelAffine);
    m.def("channel_means(Tensor input) -> (Tensor, Tensor)", coverslip::channelMeans);
    m.def("cross_entropy(Tensor scores, Tensor target) -> Tensor", coverslip::crossEntropy);
    m.def("argmax(Tensor scores) -> Tensor", coverslip::argmax);
}
