// coverslip::gated_elu: σ(gate) · ELU(feature) of the two halves of a convolution's channels in one pass, and one pass
// back (Liu & Sun 2021, sec. 3.1.2). libtorch's own operators take seven passes and keep four maps; this keeps its
// input.
#include "simd.h"
#include "threads.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>

// Compiled with -ffast-math (CMakeLists.txt), so that expf becomes the vector one of glibc. Infinities and NaNs are
// then not told apart inside these loops; the training loop looks for them in the loss.
namespace {

COVERSLIP_INLINE inline void forward_loop(const float* __restrict feature, const float* __restrict gate,
                                          float* __restrict out, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const float sigmoid = 1.0f / (1.0f + expf(-gate[i]));
        const float elu = feature[i] > 0 ? feature[i] : expf(feature[i]) - 1.0f;
        out[i] = sigmoid * elu;
    }
}

COVERSLIP_INLINE inline void backward_loop(const float* __restrict feature, const float* __restrict gate,
                                           const float* __restrict flowing, float* __restrict to_feature,
                                           float* __restrict to_gate, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const float sigmoid = 1.0f / (1.0f + expf(-gate[i]));
        const float grown = expf(feature[i] > 0 ? 0.0f : feature[i]);  // ELU' = 1 above zero, e^f below
        const float elu = feature[i] > 0 ? feature[i] : grown - 1.0f;
        to_feature[i] = flowing[i] * sigmoid * grown;
        to_gate[i] = flowing[i] * elu * sigmoid * (1.0f - sigmoid);
    }
}

// The loops compiled for one instruction set.
#define COVERSLIP_GATE(Name, target)                                                                                  \
    struct Name {                                                                                                     \
        target static void forward(const float* feature, const float* gate, float* out, int64_t count) {              \
            forward_loop(feature, gate, out, count);                                                                  \
        }                                                                                                             \
        target static void backward(const float* feature, const float* gate, const float* flowing, float* to_feature, \
                                    float* to_gate, int64_t count) {                                                  \
            backward_loop(feature, gate, flowing, to_feature, to_gate, count);                                        \
        }                                                                                                             \
    };

COVERSLIP_GATE(Plain, )
#if defined(__x86_64__)
COVERSLIP_GATE(Avx2, __attribute__((target("avx2,fma"))))
COVERSLIP_GATE(Avx512, __attribute__((target("avx512f"))))
#else
using Avx2 = Plain;
using Avx512 = Plain;
#endif

// Calls act with the loops of this process's instruction set.
template <class Act>
void with_gate(Act act) {
    const auto set = coverslip::simd();
    if (set == coverslip::Simd::Avx512)
        act(Avx512());
    else if (set == coverslip::Simd::Avx2)
        act(Avx2());
    else
        act(Plain());
}

// A tensor [B, 2C, H, W] as runs of `half` features followed by `half` gates: whole planes, or one pixel's channels.
struct Halves {
    at::Tensor tensor;
    int64_t runs, half;
};

at::MemoryFormat format_of(const at::Tensor& x) {
    return x.is_contiguous(at::MemoryFormat::ChannelsLast) ? at::MemoryFormat::ChannelsLast
                                                           : at::MemoryFormat::Contiguous;
}

Halves halves(const at::Tensor& x, at::MemoryFormat format) {
    const bool last = format == at::MemoryFormat::ChannelsLast;
    const int64_t channels = x.size(1) / 2, area = x.size(2) * x.size(3);
    return {x.contiguous(format), last ? x.size(0) * area : x.size(0), last ? channels : channels * area};
}

at::Tensor forward_of(const at::Tensor& x) {
    TORCH_CHECK(x.dim() == 4 && x.size(1) % 2 == 0, "expected is [B, 2C, H, W] with an even number of channels, got ",
                x.sizes());
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat, "expected is float32 in the processor's memory");
    const auto format = format_of(x);
    const auto in = halves(x, format);
    auto out = at::empty({x.size(0), x.size(1) / 2, x.size(2), x.size(3)}, x.options(), format);
    const float* from = in.tensor.data_ptr<float>();
    float* to = out.data_ptr<float>();
    const int64_t half = in.half;
    coverslip::forAll(0, in.runs, std::max<int64_t>(1, 8192 / half), [&](int64_t begin, int64_t end) {
        with_gate([&](auto loops) {
            for (int64_t run = begin; run < end; run++)
                loops.forward(from + 2 * run * half, from + (2 * run + 1) * half, to + run * half, half);
        });
    });
    return out;
}

struct GatedElu : torch::autograd::Function<GatedElu> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
        context->save_for_backward({x});
        at::AutoGradMode off(false);
        return forward_of(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto x = context->get_saved_variables()[0];
        const auto format = format_of(x);
        const auto in = halves(x, format);
        const auto flowing = gradients[0].contiguous(format);
        auto out = at::empty(x.sizes(), x.options(), format);
        const float *from = in.tensor.data_ptr<float>(), *flow = flowing.data_ptr<float>();
        float* to = out.data_ptr<float>();
        const int64_t half = in.half;
        coverslip::forAll(0, in.runs, std::max<int64_t>(1, 8192 / half), [&](int64_t begin, int64_t end) {
            with_gate([&](auto loops) {
                for (int64_t run = begin; run < end; run++)
                    loops.backward(from + 2 * run * half, from + (2 * run + 1) * half, flow + run * half,
                                   to + 2 * run * half, to + (2 * run + 1) * half, half);
            });
        });
        return {out};
    }
};

at::Tensor gated_elu(const at::Tensor& x) {
    return at::GradMode::is_enabled() && x.requires_grad() ? GatedElu::apply(x) : forward_of(x);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(coverslip, m) { m.def("gated_elu(Tensor x) -> Tensor", gated_elu); }
