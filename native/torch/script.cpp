// TorchScript: saved by tracing a managed function, loaded and run.
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/script.h>

#include "convert.h"

using namespace coverslip;

namespace {

// "features.conv1.weight" lands in submodule features, its submodule conv1, as parameter weight: PyTorch's own nesting.
// Classes are numbered: a path's parts need not be names that a class may have ("0", "in").
void place(torch::jit::Module root, const std::string& path, const at::Tensor& value, bool buffer, int32_t& classes) {
    torch::jit::Module at = root;
    size_t start = 0;
    for (size_t dot; (dot = path.find('.', start)) != std::string::npos; start = dot + 1) {
        const std::string part = path.substr(start, dot - start);
        if (!at.hasattr(part))
            at.register_module(part, torch::jit::Module("__torch__.coverslip.Module" + std::to_string(classes++)));
        at = at.attr(part).toModule();
    }
    if (buffer)
        at.register_buffer(path.substr(start), value);
    else
        at.register_parameter(path.substr(start), value, false);
}

}  // namespace

// Traces `function` on `inputs` and writes a TorchScript file whose parameters carry the given paths.
CT_API int32_t ct_script_save(const char* path, CtFunction function, void* context, CtTensor* const* inputs,
                              int32_t count, const char* const* names, CtTensor* const* values, const int32_t* buffers,
                              int32_t value_count) {
    return guarded([&] {
        torch::jit::Module module("__torch__.coverslip.Network");
        int32_t classes = 0;
        for (int32_t i = 0; i < value_count; i++) place(module, names[i], borrow(values[i]), buffers[i] != 0, classes);
        torch::jit::Stack stack;
        for (int32_t i = 0; i < count; i++) stack.push_back(borrow(inputs[i]));
        const auto traced = [&](torch::jit::Stack arguments) -> torch::jit::Stack {
            std::vector<at::Tensor> given;
            for (const auto& argument : arguments) given.push_back(argument.toTensor());
            const auto outputs = invoke(function, context, given);
            if (outputs.size() == 1) return {outputs[0]};
            std::vector<c10::IValue> tuple(outputs.begin(), outputs.end());
            return {c10::ivalue::Tuple::create(std::move(tuple))};
        };
        const auto nameless = [](const at::Tensor&) { return std::string(); };
        auto graph = torch::jit::tracer::trace(stack, traced, nameless, true, false, &module).first->graph;
        auto method = module._ivalue()->compilation_unit()->create_function(
            c10::QualifiedName(*module.type()->name(), "forward"), graph);
        module.type()->addMethod(method);
        module.save(path);
    });
}

CT_API int32_t ct_script_load(const char* path, const char* device, CtScript** result) {
    return guarded([&] {
        auto module = torch::jit::load(path, c10::Device(device));
        module.eval();
        *result = reinterpret_cast<CtScript*>(new torch::jit::Module(std::move(module)));
    });
}

CT_API int32_t ct_script_run(CtScript* script, CtTensor* const* inputs, int32_t count, CtTensor** results,
                             int32_t* result_count) {
    return guarded([&] {
        std::vector<c10::IValue> given;
        for (int32_t i = 0; i < count; i++) given.emplace_back(borrow(inputs[i]));
        const auto value = reinterpret_cast<torch::jit::Module*>(script)->forward(std::move(given));
        std::vector<at::Tensor> outputs;
        if (value.isTensor())
            outputs.push_back(value.toTensor());
        else if (value.isTuple())
            for (const auto& element : value.toTupleRef().elements()) outputs.push_back(element.toTensor());
        else
            throw std::invalid_argument("the script returned a " + value.tagKind() + ", expected were tensors");
        if (outputs.size() > 16) throw std::length_error("the script returned more than 16 tensors");
        *result_count = static_cast<int32_t>(outputs.size());
        for (size_t i = 0; i < outputs.size(); i++) results[i] = give(outputs[i]);
    });
}

CT_API void ct_script_release(CtScript* script) { delete reinterpret_cast<torch::jit::Module*>(script); }
