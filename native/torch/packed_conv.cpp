// A convolution for inference whose weights are laid out once, with what stands behind it: as oneDNN wants them, or for
// our own kernels. The context object of `mkldnn_prepacked::conv2d_prepack` has no counterpart in a boxed call, so it
// stays here behind a pointer.
#include "packed_conv.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <memory>
#include <utility>

#include "convert.h"
#include "operators.h"

using namespace coverslip;

namespace {

// As C# numbers them.
enum Activation : int32_t { kNone, kRelu, kRelu6 };

class Packed {
public:
    virtual ~Packed() = default;
    // activation(convolution(input) + added); `added` may be undefined.
    virtual at::Tensor run(const at::Tensor& input, const at::Tensor& added) const = 0;
};

c10::optional<c10::OperatorHandle> find(const char* name) {
    return c10::Dispatcher::singleton().findSchema({name, ""});
}

// oneDNN adds nothing but computes a ReLU.
class OneDnn : public Packed {
public:
    OneDnn(c10::IValue context, Activation activation, bool adds)
        : context_(std::move(context)), activation_(activation), adds_(adds) {}

    at::Tensor run(const at::Tensor& input, const at::Tensor& added) const override {
        static const auto operation = find("mkldnn_prepacked::conv2d_run");
        torch::jit::Stack stack{input, context_};
        operation->callBoxed(&stack);
        auto output = stack.at(0).toTensor();
        if (added.defined()) output.add_(added);
        if (activation_ == kRelu6) return at::hardtanh_(output, 0, 6);
        return activation_ == kRelu && adds_ ? output.relu_() : output;
    }

private:
    c10::IValue context_;
    Activation activation_;
    bool adds_;
};

class Own : public Packed {
public:
    Own(OwnConvolution convolution, const at::Tensor& bias, Activation activation)
        : convolution_(std::move(convolution)), bias_(bias.defined() ? bias.contiguous() : bias) {
        if (bias_.defined()) behind_.bias = bias_.data_ptr<float>();
        if (activation != kNone) behind_.least = 0;
        if (activation == kRelu6) behind_.most = 6;
    }

    at::Tensor run(const at::Tensor& input, const at::Tensor& added) const override {
        return convolution_(channelsLast(input), added.defined() ? channelsLast(added) : added, behind_);
    }

private:
    OwnConvolution convolution_;
    at::Tensor bias_;
    Clamped behind_;
};

OwnConvolution packOwn(const at::Tensor& weight, const KernelWalk& how) {
    const auto is = [&](int64_t side, int64_t padding) {
        return weight.size(2) == side && weight.size(3) == side && how.stride == 1 && how.dilation == 1 &&
               how.rowPadding == padding && how.columnPadding == padding;
    };
    if (is(1, 0)) return packOwn1x1(weight);
    return is(3, 0) || is(3, 1) ? packOwn3x3(weight, how.rowPadding) : packOwnWalk(weight, how);
}

}  // namespace

// `geometry`: stride, padding, dilation of rows and columns each, groups, the activation, whether an image is added
// before it, and whether our own kernels compute. `shape`: the size of the images that oneDNN's layout is chosen for;
// others are computed, too. The result is null where this libtorch has no oneDNN.
CT_API int32_t ct_conv_pack(CtTensor* weight, CtTensor* bias, const int64_t* geometry, const int64_t* shape,
                            CtPacked** result) {
    return guarded([&] {
        *result = nullptr;
        const auto activation = static_cast<Activation>(geometry[7]);
        const auto weights = borrow(weight), constant = borrow(bias);
        const auto keep = [&](Packed* packed) { *result = reinterpret_cast<CtPacked*>(packed); };
        if (geometry[9])
            return keep(
                new Own(packOwn(weights, {geometry[0], geometry[4], geometry[2], geometry[3]}), constant, activation));
        const auto pack = find("mkldnn_prepacked::conv2d_prepack");
        if (!pack || !find("mkldnn_prepacked::conv2d_run")) return;
        const auto pair = [&](int at) { return c10::List<int64_t>({geometry[at], geometry[at + 1]}); };
        const c10::List<int64_t> size({shape[0], shape[1], shape[2], shape[3]});
        const bool relu = activation == kRelu && !geometry[8];
        torch::jit::Stack stack{weights, constant,    pair(0), pair(2),
                                pair(4), geometry[6], size,    relu ? "relu" : "none"};
        pack->callBoxed(&stack);
        keep(new OneDnn(stack.at(0), activation, geometry[8]));
    });
}

// `added` may be null.
CT_API int32_t ct_conv_run(CtPacked* packed, CtTensor* input, CtTensor* added, CtTensor** result) {
    return guarded([&] { *result = give(reinterpret_cast<Packed*>(packed)->run(borrow(input), borrow(added))); });
}

CT_API void ct_conv_release(CtPacked* packed) { delete reinterpret_cast<Packed*>(packed); }
