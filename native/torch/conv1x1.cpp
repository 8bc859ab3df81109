// Convolutions as matrix products. coverslip::conv1x1(input, weight, bias): at::conv2d with a 1x1 kernel on
// channels-last float32 images, one matrix product over the pixels, with its gradients. oneDNN's and OpenBLAS's
// products were measured slower at about a hundred channels.
#include "operators.h"
#include "packed_conv.h"
#include "row_blocks.h"
#include "rows.h"
#include "threads.h"
#include "winograd.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace coverslip {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kLeastRows = 512;  // per thread

// matrix [outputs, inputs] as the kernels read it.
at::Tensor packMatrix(const at::Tensor& matrix) {
    const auto& kernels = present(winograd::kernels());
    const int64_t outputs = matrix.size(0), inputs = matrix.size(1);
    const auto weights = matrix.contiguous();
    auto packed = at::zeros({inputs * winograd::roundUp(outputs, kernels.lanes)}, matrix.options());
    const float* const weight = weights.data_ptr<float>();
    float* const to = packed.data_ptr<float>();
    for (int64_t k = 0; k < outputs; ++k) {
        const int64_t first = kernels.packedOffset(inputs, outputs, 0, k);
        const int64_t step = kernels.packedOffset(inputs, outputs, 1, k) - first;
        for (int64_t c = 0; c < inputs; ++c) to[first + c * step] = weight[k * inputs + c];
    }
    return packed;
}

// image [N, inputs, H, W] channels-last times a packed matrix -> [N, outputs, H, W].
at::Tensor productPacked(const at::Tensor& image, const at::Tensor& packed, int64_t outputs, const Behind& behind) {
    const auto& kernels = present(rows::kernels());
    const int64_t inputs = image.size(1), rows = image.numel() / inputs;
    auto output = at::empty({image.size(0), outputs, image.size(2), image.size(3)}, image.options(),
                            at::MemoryFormat::ChannelsLast);
    const float* const x = image.data_ptr<float>();
    const float* const weights = packed.data_ptr<float>();
    float* const y = output.data_ptr<float>();
    forAll(0, rows, kLeastRows, [&](int64_t first, int64_t last) {
        auto scratch = at::empty({kernels.productScratch(inputs, outputs)}, at::kFloat);
        Behind here = behind;
        if (here.added) here.added += first * outputs;
        kernels.product(x + first * inputs, last - first, inputs, outputs, weights, here, y + first * outputs,
                        scratch.data_ptr<float>());
    });
    return output;
}

// image [N, inputs, H, W] channels-last times matrix [outputs, inputs], plus bias if defined -> [N, outputs, H, W].
at::Tensor product(const at::Tensor& image, const at::Tensor& matrix, const at::Tensor& bias) {
    Behind behind;
    if (bias.defined()) behind.bias = bias.data_ptr<float>();
    return productPacked(image, packMatrix(matrix), matrix.size(0), behind);
}

// Gradients of the matrix [outputs, inputs] and of the bias [outputs].
std::pair<at::Tensor, at::Tensor> productGradient(const at::Tensor& image, const at::Tensor& gradient) {
    const auto& kernels = present(rows::kernels());
    const int64_t inputs = image.size(1), outputs = gradient.size(1), rows = image.numel() / inputs;
    const int64_t down = winograd::roundUp(inputs, winograd::kRowsAtOnce);
    const int64_t across = winograd::roundUp(outputs, kernels.lanes);
    const int64_t parts = shares((rows + kLeastRows - 1) / kLeastRows);
    auto sums = at::zeros({parts, down + 1, across}, image.options());  // the last row is the bias's
    const float *const x = image.data_ptr<float>(), *const dy = gradient.data_ptr<float>();
    float* const to = sums.data_ptr<float>();
    forAll(0, parts, 1, [&](int64_t begin, int64_t end) {
        auto scratch = at::zeros({kernels.productGradientScratch(inputs, outputs)}, at::kFloat);
        for (int64_t part = begin; part < end; ++part) {
            const int64_t first = rows * part / parts, last = rows * (part + 1) / parts;
            float* const sum = to + part * (down + 1) * across;
            kernels.productGradient(x + first * inputs, dy + first * outputs, last - first, inputs, outputs, sum,
                                    sum + down * across, scratch.data_ptr<float>());
        }
    });
    const auto total = sums.sum(0).slice(1, 0, outputs);
    return {total.slice(0, 0, inputs).t().contiguous(), total.select(0, down)};
}

struct Conv1x1 : torch::autograd::Function<Conv1x1> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const OptionalTensor& bias) {
        const auto image = channelsLast(input);
        context->save_for_backward({image, weight});
        context->saved_data["biased"] = bias.has_value();
        return product(image, weight.flatten(1), bias ? bias->contiguous() : at::Tensor());
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = channelsLast(gradients[0]);
        const bool biased = context->saved_data["biased"].toBool();
        variable_list result(3);
        if (context->needs_input_grad(0)) result[0] = product(gradient, saved[1].flatten(1).t(), {});
        if (context->needs_input_grad(1) || (biased && context->needs_input_grad(2))) {
            std::tie(result[1], result[2]) = productGradient(saved[0], gradient);
            result[1] = result[1].view(saved[1].sizes());
        }
        if (!biased) result[2] = at::Tensor();
        return result;
    }
};

at::Tensor conv1x1(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias) {
    TORCH_CHECK(weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1,
                "coverslip::conv1x1: weight [outputs, inputs, 1, 1] expected, got ", weight.sizes());
    if (!served(input) || !served(weight) || !served(bias) || input.dim() != 4) return at::conv2d(input, weight, bias);
    TORCH_CHECK(input.size(1) == weight.size(1) && (!bias || bias->numel() == weight.size(0)),
                "coverslip::conv1x1: input ", input.sizes(), ", weight ", weight.sizes(), " and bias do not match");
    return Conv1x1::apply(input, weight, bias);
}

}  // namespace

OwnConvolution packOwn1x1(const at::Tensor& weight) {
    return [packed = packMatrix(weight.flatten(1)), outputs = weight.size(0)](
               const at::Tensor& image, const at::Tensor& added, const Clamped& behind) {
        return productPacked(image, packed, outputs, withAdded<float>(behind, added));
    };
}

OwnConvolution packOwnWalk(const at::Tensor& weight, const KernelWalk& how) {
    rows::Walk kernel{};
    std::tie(kernel.outputs, kernel.inputs) = std::pair(weight.size(0), weight.size(1));
    std::tie(kernel.kernelRows, kernel.kernelColumns) = std::pair(weight.size(2), weight.size(3));
    std::tie(kernel.stride, kernel.dilation) = std::pair(how.stride, how.dilation);
    std::tie(kernel.top, kernel.left) = std::pair(how.rowPadding, how.columnPadding);
    return [packed = packMatrix(weight.permute({0, 2, 3, 1}).flatten(1)), kernel](
               const at::Tensor& image, const at::Tensor& added, const Clamped& clamped) {
        const auto behind = withAdded<float>(clamped, added);
        const auto& kernels = present(rows::kernels());
        rows::Walk walk = kernel;
        const auto side = [&](int64_t from, int64_t taps, int64_t padding) {
            return (from + 2 * padding - kernel.dilation * (taps - 1) - 1) / kernel.stride + 1;
        };
        std::tie(walk.height, walk.width) = std::pair(image.size(2), image.size(3));
        walk.toHeight = side(walk.height, walk.kernelRows, walk.top);
        walk.toWidth = side(walk.width, walk.kernelColumns, walk.left);
        auto output = at::empty({image.size(0), walk.outputs, walk.toHeight, walk.toWidth}, image.options(),
                                at::MemoryFormat::ChannelsLast);
        const float *const x = image.data_ptr<float>(), *const weights = packed.data_ptr<float>();
        float* const y = output.data_ptr<float>();
        const int64_t pixels = image.size(0) * walk.toHeight * walk.toWidth;
        forAll(0, pixels, kLeastRows, [&](int64_t first, int64_t last) {
            auto scratch = at::empty({kernels.walkScratch(walk)}, at::kFloat);
            kernels.walk(walk, x, first, last, weights, behind, y, scratch.data_ptr<float>());
        });
        return output;
    };
}

}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("conv1x1(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", coverslip::conv1x1);
}
