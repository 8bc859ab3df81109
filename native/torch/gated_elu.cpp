// coverslip::gated_elu: σ(gate) · ELU(feature) of the two halves of a convolution's channels in one pass, and one pass
// back (Liu & Sun 2021, sec. 3.1.2). libtorch's own operators take seven passes and keep four maps; this keeps its
// input.
#include "brain.h"
#include "simd.h"
#include "threads.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>

// Compiled with -ffast-math (CMakeLists.txt), so that expf becomes the vector one of glibc. Infinities and NaNs are
// then not told apart inside these loops; the training loop looks for them in the loss.
namespace {

using coverslip::Brain;

// Not row_blocks.h's: no function that other files share may be compiled with this file's flags.
bool isBrain(const at::Tensor& x) { return x.scalar_type() == at::kBFloat16; }

COVERSLIP_INLINE inline float read(float from) { return from; }
COVERSLIP_INLINE inline void write(float& to, float value) { to = value; }

COVERSLIP_INLINE inline float read(Brain from) {
    const uint32_t bits = static_cast<uint32_t>(from.bits) << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

// Rounds to the nearest, to even in the middle.
COVERSLIP_INLINE inline void write(Brain& to, float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    to.bits = static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

template <class Element>
COVERSLIP_INLINE inline void forward_loop(const Element* __restrict feature, const Element* __restrict gate,
                                          Element* __restrict out, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const float f = read(feature[i]), sigmoid = 1.0f / (1.0f + expf(-read(gate[i])));
        write(out[i], sigmoid * (f > 0 ? f : expf(f) - 1.0f));
    }
}

template <class Element>
COVERSLIP_INLINE inline void backward_loop(const Element* __restrict feature, const Element* __restrict gate,
                                           const Element* __restrict flowing, Element* __restrict to_feature,
                                           Element* __restrict to_gate, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const float f = read(feature[i]), flow = read(flowing[i]), sigmoid = 1.0f / (1.0f + expf(-read(gate[i])));
        const float grown = expf(f > 0 ? 0.0f : f);  // ELU' = 1 above zero, e^f below
        write(to_feature[i], flow * sigmoid * grown);
        write(to_gate[i], flow * (f > 0 ? f : grown - 1.0f) * sigmoid * (1.0f - sigmoid));
    }
}

// The loops compiled for one instruction set.
#define COVERSLIP_GATE(Name, target)                                                                           \
    struct Name {                                                                                              \
        template <class Element>                                                                               \
        target static void forward(const Element* feature, const Element* gate, Element* out, int64_t count) { \
            forward_loop(feature, gate, out, count);                                                           \
        }                                                                                                      \
        template <class Element>                                                                               \
        target static void backward(const Element* feature, const Element* gate, const Element* flowing,       \
                                    Element* to_feature, Element* to_gate, int64_t count) {                    \
            backward_loop(feature, gate, flowing, to_feature, to_gate, count);                                 \
        }                                                                                                      \
    };

COVERSLIP_GATE(Plain, )
#if defined(__x86_64__)
COVERSLIP_GATE(Avx2, __attribute__((target("avx2,fma"))))
COVERSLIP_GATE(Avx512, __attribute__((target("avx512f,avx512bw,avx512vl"))))
#else
using Avx2 = Plain;
using Avx512 = Plain;
#endif

template <class Act>
void with_gate(Act act) {
    coverslip::withLoops<Avx512, Avx2, Plain>(act);
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

template <class Element>
void forward_of(const Halves& in, const at::Tensor& out) {
    const auto* const from = static_cast<const Element*>(in.tensor.data_ptr());
    auto* const to = static_cast<Element*>(out.data_ptr());
    const int64_t half = in.half;
    coverslip::forAll(0, in.runs, std::max<int64_t>(1, 8192 / half), [&](int64_t begin, int64_t end) {
        with_gate([&](auto loops) {
            for (int64_t run = begin; run < end; run++)
                loops.forward(from + 2 * run * half, from + (2 * run + 1) * half, to + run * half, half);
        });
    });
}

template <class Element>
void backward_of(const Halves& in, const at::Tensor& flowing, const at::Tensor& out) {
    const auto* const from = static_cast<const Element*>(in.tensor.data_ptr());
    const auto* const flow = static_cast<const Element*>(flowing.data_ptr());
    auto* const to = static_cast<Element*>(out.data_ptr());
    const int64_t half = in.half;
    coverslip::forAll(0, in.runs, std::max<int64_t>(1, 8192 / half), [&](int64_t begin, int64_t end) {
        with_gate([&](auto loops) {
            for (int64_t run = begin; run < end; run++)
                loops.backward(from + 2 * run * half, from + (2 * run + 1) * half, flow + run * half,
                               to + 2 * run * half, to + (2 * run + 1) * half, half);
        });
    });
}

at::Tensor forward_of(const at::Tensor& x) {
    TORCH_CHECK(x.dim() == 4 && x.size(1) % 2 == 0, "expected is [B, 2C, H, W] with an even number of channels, got ",
                x.sizes());
    TORCH_CHECK(x.is_cpu() && (x.scalar_type() == at::kFloat || isBrain(x)),
                "expected is float32 or bfloat16 in the processor's memory");
    const auto format = format_of(x);
    auto out = at::empty({x.size(0), x.size(1) / 2, x.size(2), x.size(3)}, x.options(), format);
    (isBrain(x) ? forward_of<Brain> : forward_of<float>)(halves(x, format), out);
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
        auto out = at::empty(x.sizes(), x.options(), format);
        const auto back = isBrain(x) ? backward_of<Brain> : backward_of<float>;
        back(halves(x, format), gradients[0].contiguous(format), out);
        return {out};
    }
};

at::Tensor gated_elu(const at::Tensor& x) {
    return at::GradMode::is_enabled() && x.requires_grad() ? GatedElu::apply(x) : forward_of(x);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(coverslip, m) { m.def("gated_elu(Tensor x) -> Tensor", gated_elu); }
