// coverslip::conv3x3(input, weight, bias): at::conv2d with stride 1 and padding 1, by Winograd's method where it serves
// (float32 on a processor with AVX2), with its gradients.
#include "operators.h"
#include "winograd.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace coverslip {
namespace winograd {

const Kernels* kernels() {
#if defined(__x86_64__)
    static const Kernels* const best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl") ? avx512Kernels()
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2Kernels() : nullptr;
    return best;
#else
    return nullptr;
#endif
}

}  // namespace winograd

namespace {

using winograd::Geometry;
using winograd::Kernels;
using winograd::kPoints;
using winograd::kProducts;

// Lavin & Gray 2016, sec. 4.3.
constexpr float kFilter[kPoints][3] = {
    {1.0f / 4, 0, 0}, {-1.0f / 6, -1.0f / 6, -1.0f / 6}, {-1.0f / 6, 1.0f / 6, -1.0f / 6},
    {1.0f / 24, 1.0f / 12, 1.0f / 6}, {1.0f / 24, -1.0f / 12, 1.0f / 6}, {0, 0, 1}};

at::Tensor floats(at::IntArrayRef shape) { return at::empty(shape, at::TensorOptions().dtype(at::kFloat)); }

// The tensor's storage starts at a multiple of 64 bytes in all of libtorch's processor allocators.
float* scratchOf(at::Tensor& holder, int64_t size) {
    holder = floats({size});
    return holder.data_ptr<float>();
}

// G g G^T of every kernel, packed for `convolve`. For the gradient of the input, inputs and outputs change places and
// the kernels turn by 180 degrees.
at::Tensor packWeights(const Kernels& kernels, const at::Tensor& weight, bool forInputGradient) {
    const auto w = weight.contiguous();
    const int64_t outputs = w.size(0), inputs = w.size(1);
    const int64_t rows = forInputGradient ? outputs : inputs, columns = forInputGradient ? inputs : outputs;
    const int64_t size = rows * winograd::roundUp(columns, kernels.lanes);
    auto packed = at::zeros({kProducts, size}, w.options());
    float* const to = packed.data_ptr<float>();
    const float* const from = w.data_ptr<float>();
    at::parallel_for(0, columns, 16, [&](int64_t begin, int64_t end) {
        for (int64_t column = begin; column < end; ++column)
            for (int64_t row = 0; row < rows; ++row) {
                const float* taps = from + (forInputGradient ? row * inputs + column : column * inputs + row) * 9;
                float half[kPoints][3] = {};
                for (int i = 0; i < kPoints; ++i)
                    for (int y = 0; y < 3; ++y)
                        for (int x = 0; x < 3; ++x)
                            half[i][x] += kFilter[i][y] * taps[forInputGradient ? 8 - y * 3 - x : y * 3 + x];
                float* const at = to + kernels.packedOffset(rows, columns, row, column);
                for (int i = 0; i < kPoints; ++i)
                    for (int j = 0; j < kPoints; ++j)
                        at[(i * kPoints + j) * size] = half[i][0] * kFilter[j][0] + half[i][1] * kFilter[j][1]
                            + half[i][2] * kFilter[j][2];
            }
    });
    return packed;
}

// input [N, C, H, W] channels-last, weight [K, C, 3, 3] -> [N, K, H, W] channels-last; forInputGradient the other way.
at::Tensor convolve(const Kernels& kernels, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                    bool forInputGradient) {
    const auto packed = packWeights(kernels, weight, forInputGradient);
    const int64_t outputs = weight.size(forInputGradient ? 1 : 0);
    const Geometry g(input.size(0), input.size(2), input.size(3), input.size(1), outputs);
    auto output = at::empty({g.batch, outputs, g.height, g.width}, input.options(), at::MemoryFormat::ChannelsLast);
    const float* const from = input.data_ptr<float>();
    const float* const constant = bias.defined() ? bias.data_ptr<float>() : nullptr;
    float* const to = output.data_ptr<float>();
    at::parallel_for(0, g.tiles(), 1, [&](int64_t first, int64_t last) {
        at::Tensor holder;
        kernels.convolve(g, from, packed.data_ptr<float>(), constant, to, first, last,
                         scratchOf(holder, kernels.convolveScratch(g)));
    });
    return output;
}

// dL/dg = G^T (sum over tiles of B^T d B * A dy A^T) G, [K, C, 3, 3], and the gradient of the bias [K].
std::pair<at::Tensor, at::Tensor> weightGradient(const Kernels& kernels, const at::Tensor& input,
                                                  const at::Tensor& gradient) {
    const Geometry g(input.size(0), input.size(2), input.size(3), input.size(1), gradient.size(1));
    const int64_t rows = winograd::roundUp(g.inputs, winograd::kRowsAtOnce);
    const int64_t columns = winograd::roundUp(g.outputs, kernels.lanes);
    const int64_t parts = std::min<int64_t>(at::get_num_threads(), std::max<int64_t>(1, g.tiles() / 64));
    auto sums = at::zeros({parts, kProducts, rows, columns}, input.options());
    auto biasSums = at::zeros({parts, columns}, input.options());
    const float* const from = input.data_ptr<float>();
    const float* const dy = gradient.data_ptr<float>();
    float *const sum = sums.data_ptr<float>(), *const biasSum = biasSums.data_ptr<float>();
    const int64_t size = kProducts * rows * columns;
    at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
        at::Tensor holder;
        float* const scratch = scratchOf(holder, kernels.weightGradientScratch(g));
        for (int64_t part = begin; part < end; ++part)
            kernels.weightGradient(g, from, dy, sum + part * size, biasSum + part * columns,
                                   g.tiles() * part / parts, g.tiles() * (part + 1) / parts, scratch);
    });
    // [36, rows, columns] -> G^T . G over the two axes of points. A few thousand products: libtorch's do.
    const auto total = sums.sum(0).view({kPoints, kPoints, rows, columns});
    const auto filter = at::from_blob(const_cast<float*>(&kFilter[0][0]), {kPoints, 3}, input.options());
    const auto half = filter.t().matmul(total.view({kPoints, -1})).view({3, kPoints, -1});      // [3, 6, rows*columns]
    const auto taps = filter.t().matmul(half).view({3, 3, rows, columns});
    return {taps.slice(2, 0, g.inputs).slice(3, 0, g.outputs).permute({3, 2, 0, 1}).contiguous(),
            biasSums.sum(0).slice(0, 0, g.outputs)};
}

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Conv3x3 : torch::autograd::Function<Conv3x3> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const OptionalTensor& bias) {
        const auto image = channelsLast(input);
        context->save_for_backward({image, weight});
        context->saved_data["biased"] = bias.has_value();
        return convolve(*winograd::kernels(), image, weight, bias ? bias->contiguous() : at::Tensor(), false);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = channelsLast(gradients[0]);
        const auto& kernels = *winograd::kernels();
        variable_list result(3);
        if (context->needs_input_grad(0)) result[0] = convolve(kernels, gradient, saved[1], {}, true);
        const bool biased = context->saved_data["biased"].toBool();
        if (context->needs_input_grad(1)) std::tie(result[1], result[2]) = weightGradient(kernels, saved[0], gradient);
        else if (biased && context->needs_input_grad(2)) result[2] = gradient.sum({0, 2, 3});
        if (!biased) result[2] = at::Tensor();
        return result;
    }
};

at::Tensor conv3x3(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias) {
    TORCH_CHECK(weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3,
                "coverslip::conv3x3: weight [outputs, inputs, 3, 3] expected, got ", weight.sizes());
    if (!served(input) || !served(weight) || !served(bias) || input.dim() != 4)
        return at::conv2d(input, weight, bias, 1, 1);
    TORCH_CHECK(input.size(1) == weight.size(1) && (!bias || bias->numel() == weight.size(0)),
                "coverslip::conv3x3: input ", input.sizes(), ", weight ", weight.sizes(), " and bias do not match");
    return Conv3x3::apply(input, weight, bias);
}

}  // namespace
}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("conv3x3(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", coverslip::conv3x3);
}
