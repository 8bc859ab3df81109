// Gradients: backward, modes, autocast, and recomputing a part of the network in the backward pass.
#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/version.h>

#include "convert.h"

using namespace coverslip;

namespace {

struct Callback {
    CtFunction function;
    CtDeleter release;
    void* context;

    Callback(CtFunction function, CtDeleter release, void* context)
        : function(function), release(release), context(context) {}
    Callback(const Callback&) = delete;
    ~Callback() { release(context); }

    std::vector<at::Tensor> operator()(const std::vector<at::Tensor>& inputs) const {
        return invoke(function, context, inputs);
    }
};

struct AutocastState {
    bool enabled;
    at::ScalarType dtype;
};

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
AutocastState autocast_state(at::DeviceType device) {
    return {at::autocast::is_autocast_enabled(device), at::autocast::get_autocast_dtype(device)};
}
void set_autocast(at::DeviceType device, AutocastState state) {
    at::autocast::set_autocast_enabled(device, state.enabled);
    at::autocast::set_autocast_dtype(device, state.dtype);
}
#else
AutocastState autocast_state(at::DeviceType device) {
    if (device == at::kCUDA) return {at::autocast::is_enabled(), at::autocast::get_autocast_gpu_dtype()};
    return {at::autocast::is_cpu_enabled(), at::autocast::get_autocast_cpu_dtype()};
}
void set_autocast(at::DeviceType device, AutocastState state) {
    if (device == at::kCUDA) {
        at::autocast::set_enabled(state.enabled);
        at::autocast::set_autocast_gpu_dtype(state.dtype);
    } else {
        at::autocast::set_cpu_enabled(state.enabled);
        at::autocast::set_autocast_cpu_dtype(state.dtype);
    }
}
#endif

// Without shortened copies of parameters kept: those of a run without gradients have no history, those of a backward
// pass would outlive the step that changes the parameters.
struct WithoutAutocastCache {
    const bool before = at::autocast::is_autocast_cache_enabled();
    WithoutAutocastCache() { at::autocast::set_autocast_cache_enabled(false); }
    ~WithoutAutocastCache() { at::autocast::set_autocast_cache_enabled(before); }
};

// The state of the first run on this thread until destroyed: random numbers, autocast.
struct FirstRun {
    const at::Device device;
    const AutocastState autocast;
    const at::Tensor random, random_cuda;
    WithoutAutocastCache uncached;

    FirstRun(at::Device device, AutocastState state, const at::Tensor& cpu, const at::Tensor& cuda)
        : device(device),
          autocast(autocast_state(device.type())),
          random(state_of(at::kCPU)),
          random_cuda(device.is_cuda() ? state_of(device) : at::Tensor()) {
        set_autocast(device.type(), state);
        set(cpu, cuda);
    }
    ~FirstRun() {
        set_autocast(device.type(), autocast);
        set(random, random_cuda);
    }

    static at::Tensor state_of(at::Device device) {
        at::Generator generator = at::globalContext().defaultGenerator(device);
        return generator.get_state();
    }

private:
    void set(const at::Tensor& cpu, const at::Tensor& cuda) {
        at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
        generator.set_state(cpu);
        if (!cuda.defined()) return;
        generator = at::globalContext().defaultGenerator(device);
        generator.set_state(cuda);
    }
};

// Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost": only inputs are kept; the part runs again in the
// backward pass, with the random state and the autocast state of the first run, so that dropout draws the same.
struct Recompute : torch::autograd::Function<Recompute> {
    static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context, at::TensorList list,
                                                  std::shared_ptr<Callback> part) {
        const auto inputs = list.vec();
        context->saved_data["random"] = FirstRun::state_of(at::kCPU);
        const auto device = inputs[0].device().type();
        if (device == at::kCUDA) context->saved_data["random_cuda"] = FirstRun::state_of(inputs[0].device());
        const auto autocast = autocast_state(device);
        context->saved_data["autocast"] = autocast.enabled;
        context->saved_data["autocast_dtype"] = static_cast<int64_t>(autocast.dtype);
        context->save_for_backward(inputs);
        // A custom class in saved_data would need registration; the callback rides in a capsule that dies with the
        // node.
        auto* held = new std::shared_ptr<Callback>(part);
        auto capsule = at::from_blob(
            held, {1}, [](void* data) { delete static_cast<std::shared_ptr<Callback>*>(data); }, at::kByte);
        context->saved_data["part"] = capsule;
        at::AutoGradMode off(false);
        WithoutAutocastCache uncached;
        return (*part)(inputs);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto part = *static_cast<std::shared_ptr<Callback>*>(context->saved_data["part"].toTensor().data_ptr());
        std::vector<at::Tensor> inputs;
        for (const auto& saved : context->get_saved_variables())
            inputs.push_back(saved.detach().set_requires_grad(saved.requires_grad()));
        const auto device = inputs[0].device();
        std::vector<at::Tensor> outputs, wanted, flowing;
        {
            FirstRun again(device,
                           {context->saved_data["autocast"].toBool(),
                            static_cast<at::ScalarType>(context->saved_data["autocast_dtype"].toInt())},
                           context->saved_data["random"].toTensor(),
                           device.is_cuda() ? context->saved_data["random_cuda"].toTensor() : at::Tensor());
            at::AutoGradMode on(true);
            outputs = (*part)(inputs);
        }
        for (size_t i = 0; i < outputs.size(); i++) {
            if (!outputs[i].requires_grad() || !gradients[i].defined()) continue;
            wanted.push_back(outputs[i]);
            flowing.push_back(gradients[i]);
        }
        torch::autograd::backward(wanted, flowing);
        torch::autograd::variable_list result;
        for (auto& input : inputs) result.push_back(input.grad());
        result.emplace_back();  // the callback has no gradient
        return result;
    }
};

}  // namespace

CT_API int32_t ct_set_requires_grad(CtTensor* tensor, int32_t value) {
    return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

// The gradient that backward left at a leaf; null where there is none yet.
CT_API int32_t ct_grad(CtTensor* tensor, CtTensor** result) {
    return guarded([&] { *result = give(borrow(tensor).grad()); });
}

CT_API int32_t ct_set_grad(CtTensor* tensor, CtTensor* gradient) {
    return guarded([&] { borrow(tensor).mutable_grad() = borrow(gradient); });
}

// Backward from `roots`; a null gradient stands for one (scalar roots).
CT_API int32_t ct_backward(CtTensor* const* roots, CtTensor* const* gradients, int32_t count, int32_t retain) {
    return guarded([&] {
        std::vector<at::Tensor> from, with;
        for (int32_t i = 0; i < count; i++) {
            from.push_back(borrow(roots[i]));
            with.push_back(gradients && gradients[i] ? borrow(gradients[i]) : at::Tensor());
        }
        torch::autograd::backward(from, with, retain != 0);
    });
}

// Runs `function` without keeping its inner activations; they are computed again in the backward pass.
CT_API int32_t ct_recompute(CtFunction function, CtDeleter release, void* context, CtTensor* const* inputs,
                            int32_t count, CtTensor** results, int32_t* result_count) {
    auto part = std::make_shared<Callback>(function, release, context);
    return guarded([&] {
        torch::autograd::variable_list given;
        for (int32_t i = 0; i < count; i++) given.push_back(borrow(inputs[i]));
        // A part whose inputs need no gradient would be cut off from its parameters: the first input is made to need
        // one.
        bool any = false;
        for (const auto& input : given) any |= input.requires_grad();
        if (!any && at::GradMode::is_enabled()) given[0] = given[0].detach().set_requires_grad(true);
        const auto outputs = Recompute::apply(at::TensorList(given), part);  // libtorch finds no tensors in a vector
        *result_count = static_cast<int32_t>(outputs.size());
        for (size_t i = 0; i < outputs.size(); i++) results[i] = give(outputs[i]);
    });
}

// Gradient recording on this thread; returns what it was.
CT_API int32_t ct_grad_mode(int32_t enabled) {
    const bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled != 0);
    return before;
}

CT_API void* ct_inference_begin() { return new c10::InferenceMode(true); }

CT_API void ct_inference_end(void* mode) { delete static_cast<c10::InferenceMode*>(mode); }

// Autocast for a device on this thread, entered or left. `enabled` and `dtype` in: what it shall be; out: what it was.
CT_API int32_t ct_autocast(int32_t device, int32_t entered, int32_t* enabled, int32_t* dtype) {
    return guarded([&] {
        const auto type = static_cast<at::DeviceType>(device);
        const auto before = autocast_state(type);
        set_autocast(type, {*enabled != 0, static_cast<at::ScalarType>(*dtype)});
        // Shortened copies of parameters live until the outermost block is left; parameters change between blocks.
        if (entered)
            at::autocast::increment_nesting();
        else if (at::autocast::decrement_nesting() == 0)
            at::autocast::clear_cache();
        *enabled = before.enabled;
        *dtype = static_cast<int32_t>(before.dtype);
    });
}

// Whether autocast is on for a device on this thread.
CT_API int32_t ct_autocast_on(int32_t device) { return autocast_state(static_cast<at::DeviceType>(device)).enabled; }
