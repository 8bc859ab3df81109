// coverslip::depthwise(input, weight, stride, padding): at::conv2d with a filter of its own for every channel, of 5 or
// 7 columns, on channels-last images of float32 or bfloat16. The convolution is libtorch's; its gradients are ours:
// oneDNN 2.6 has fast ones for 3x3 only.
#include "operators.h"
#include "rows.h"
#include "threads.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <utility>
#include <vector>

namespace coverslip {
namespace {

using rows::Tap;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Taps of all rows or all columns.
struct Line {
    std::vector<Tap> taps;
    std::vector<int64_t> start{0};

    rows::Taps view() const { return {taps.data(), start.data()}; }
    const Tap* of(int64_t i) const { return taps.data() + start[i]; }
    int64_t count(int64_t i) const { return start[i + 1] - start[i]; }
};

// For each output which inputs it sums; backward: for each input which outputs it went into.
Line line(int64_t inputs, int64_t outputs, int64_t kernel, std::pair<int64_t, int64_t> walk, bool backward) {
    const auto [stride, padding] = walk;
    Line result;
    for (int64_t to = 0; to < (backward ? inputs : outputs); ++to) {
        for (int64_t k = 0; k < kernel; ++k) {
            const int64_t place = backward ? to + padding - k : to * stride + k - padding;
            if (place < 0 || (backward && place % stride)) continue;
            const int64_t from = backward ? place / stride : place;
            if (from < (backward ? outputs : inputs)) result.taps.push_back({k, from});
        }
        result.start.push_back(static_cast<int64_t>(result.taps.size()));
    }
    return result;
}

template <class Element>
Element* data(const at::Tensor& image) {
    return static_cast<Element*>(image.data_ptr());
}

template <class Element>
const rows::DepthwiseKernels<Element>& kernels();
template <>
const rows::DepthwiseKernels<float>& kernels() {
    return present(rows::kernels()).depthwise;
}
template <>
const rows::DepthwiseKernels<Brain>& kernels() {
    return present(rows::kernels()).brainDepthwise;
}

// [channels, 1, rows, columns] -> [rows, columns, channels]
at::Tensor packed(const at::Tensor& weight) { return weight.squeeze(1).permute({1, 2, 0}).contiguous(); }

template <class Element>
void gather(const at::Tensor& from, const at::Tensor& weights, const Line& rows, const Line& columns,
            const at::Tensor& to) {
    const int64_t channels = from.size(1), height = to.size(2), width = to.size(3);
    const rows::Depthwise map{channels, from.size(3), width, weights.size(1), 1, 0, columns.view()};
    const Element* const x = data<Element>(from);
    Element* const y = data<Element>(to);
    const float* const weight = weights.data_ptr<float>();
    forAll(0, to.size(0) * height, 1, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row)
            kernels<Element>().gather(x + row / height * from.size(2) * from.size(3) * channels, map,
                                      rows.of(row % height), rows.count(row % height), weight,
                                      y + row * width * channels);
    });
}

template <class Element>
at::Tensor weightGradient(const at::Tensor& image, const at::Tensor& gradient, const Line& rows, at::IntArrayRef kernel,
                          const std::vector<int64_t>& walk) {
    const int64_t channels = image.size(1), height = gradient.size(2), width = gradient.size(3);
    const rows::Depthwise map{channels, image.size(3), width, kernel[3], walk[0], walk[2], {}};
    const int64_t all = gradient.size(0) * height, parts = shares(all);
    auto sums = at::zeros({parts, kernel[2], kernel[3], channels}, at::kFloat);
    const Element *const x = data<Element>(image), *const dy = data<Element>(gradient);
    float* const sum = sums.data_ptr<float>();
    forAll(0, parts, 1, [&](int64_t begin, int64_t end) {
        for (int64_t part = begin; part < end; ++part)
            for (int64_t row = all * part / parts; row < all * (part + 1) / parts; ++row)
                kernels<Element>().weightGradient(x + row / height * image.size(2) * image.size(3) * channels,
                                                  dy + row * width * channels, map, rows.of(row % height),
                                                  rows.count(row % height), sum + part * sums[0].numel());
    });
    return sums.sum(0).permute({2, 0, 1}).unsqueeze(1).contiguous();
}

struct Function : torch::autograd::Function<Function> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              int64_t stride, int64_t above, int64_t left) {
        const auto image = channelsLast(input);
        const auto output = at::conv2d(image, weight.to(image.scalar_type()), {}, {stride, stride}, {above, left},
                                       {1, 1}, image.size(1));
        context->save_for_backward({image, weight});
        context->saved_data["walk"] = std::vector<int64_t>{stride, above, left};
        return output;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto& image = saved[0];
        const auto& weight = saved[1];
        const auto walk = context->saved_data["walk"].toIntVector();
        const auto gradient = channelsLast(gradients[0]);
        const bool whole = image.scalar_type() == at::kFloat;
        const auto rows = [&](bool back) {
            return line(image.size(2), gradient.size(2), weight.size(2), {walk[0], walk[1]}, back);
        };
        variable_list result(5);
        if (context->needs_input_grad(0)) {
            result[0] = at::empty_like(image);
            const auto columns = line(image.size(3), gradient.size(3), weight.size(3), {walk[0], walk[2]}, true);
            const auto weights = packed(weight);
            if (whole)
                gather<float>(gradient, weights, rows(true), columns, result[0]);
            else
                gather<Brain>(gradient, weights, rows(true), columns, result[0]);
        }
        if (context->needs_input_grad(1))
            result[1] = whole ? weightGradient<float>(image, gradient, rows(false), weight.sizes(), walk)
                              : weightGradient<Brain>(image, gradient, rows(false), weight.sizes(), walk);
        return result;
    }
};

at::Tensor depthwise(const at::Tensor& input, const at::Tensor& weight, int64_t stride, at::IntArrayRef padding) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && weight.size(1) == 1 && weight.size(0) == input.size(1) &&
                    stride > 0 && padding.size() == 2,
                "coverslip::depthwise: images [B, channels, H, W], weight [channels, 1, kH, kW], a stride and two "
                "paddings expected, got ",
                input.sizes(), ", ", weight.sizes(), ", ", stride, " and ", padding);
    const bool fits = input.size(2) + 2 * padding[0] >= weight.size(2) &&
                      input.size(3) + 2 * padding[1] >= weight.size(3) && (weight.size(3) == 5 || weight.size(3) == 7);
    const bool brain =
        rows::kernels() && input.device().is_cpu() && input.scalar_type() == at::kBFloat16 && input.numel() > 0;
    if (!fits || !served(weight) || !(served(input) || brain))
        return at::conv2d(input, weight.to(input.scalar_type()), {}, {stride, stride}, padding, {1, 1}, input.size(1));
    return Function::apply(input, weight, stride, padding[0], padding[1]);
}

}  // namespace
}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("depthwise(Tensor input, Tensor weight, int stride, int[] padding) -> Tensor", coverslip::depthwise);
}
