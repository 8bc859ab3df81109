// A convolution whose weights libtorch has laid out once as oneDNN wants them, with its ReLU: for inference. The
// context object of `mkldnn_prepacked::conv2d_prepack` has no counterpart in a boxed call, so it stays here behind a
// pointer.
#include <ATen/core/dispatch/Dispatcher.h>

#include "convert.h"

using namespace coverslip;

namespace {

struct Packed {
    c10::IValue context;
};

c10::optional<c10::OperatorHandle> find(const char* name) {
    return c10::Dispatcher::singleton().findSchema({name, ""});
}

}  // namespace

// `geometry`: stride, padding, dilation of rows and columns each, then groups. `shape`: the size of the images that the
// layout is chosen for; others are computed, too. The result is null where this libtorch has no oneDNN.
CT_API int32_t ct_conv_pack(CtTensor* weight, CtTensor* bias, const int64_t* geometry, const int64_t* shape,
                            int32_t relu, CtPacked** result) {
    return guarded([&] {
        *result = nullptr;
        const auto pack = find("mkldnn_prepacked::conv2d_prepack");
        if (!pack || !find("mkldnn_prepacked::conv2d_run")) return;
        const auto pair = [&](int at) { return c10::List<int64_t>({geometry[at], geometry[at + 1]}); };
        const c10::List<int64_t> size({shape[0], shape[1], shape[2], shape[3]});
        torch::jit::Stack stack{borrow(weight), borrow(bias), pair(0), pair(2),
                                pair(4),        geometry[6],  size,    relu ? "relu" : "none"};
        pack->callBoxed(&stack);
        *result = reinterpret_cast<CtPacked*>(new Packed{stack.at(0)});
    });
}

CT_API int32_t ct_conv_run(CtPacked* packed, CtTensor* input, CtTensor** result) {
    return guarded([&] {
        static const auto run = find("mkldnn_prepacked::conv2d_run");
        torch::jit::Stack stack{borrow(input), reinterpret_cast<Packed*>(packed)->context};
        run->callBoxed(&stack);
        *result = give(stack.at(0).toTensor());
    });
}

CT_API void ct_conv_release(CtPacked* packed) { delete reinterpret_cast<Packed*>(packed); }
