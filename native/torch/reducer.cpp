// Gradients of several processes, averaged in buckets while the backward pass runs: c10d's Reducer.
#include <torch/version.h>
#include <torch/csrc/distributed/c10d/reducer.hpp>

#include "group.h"

using namespace coverslip;

namespace {

// The Reducer warns where a gradient lies otherwise in memory than its parameter, as those of depthwise convolutions
// do, whose single channel makes both the same. Copies are by place all the same.
struct WithoutStrides : c10::WarningHandler {
#if TORCH_VERSION_MAJOR >= 2
    void process(const c10::Warning& warning) override {
        if (warning.msg().find("Grad strides") == std::string::npos) c10::WarningHandler::process(warning);
    }
#else
    void process(const c10::SourceLocation& at, const std::string& text, const bool verbatim) override {
        if (text.find("Grad strides") == std::string::npos) c10::WarningHandler::process(at, text, verbatim);
    }
#endif
};

}  // namespace

// Gradients of some parameters, averaged over a group: in buckets, from the second step on while the backward pass
// runs.
struct CtReducer {
    std::vector<at::Tensor> parameters;
    std::unique_ptr<c10d::Reducer> reducer;
    int64_t steps = 0;
};

CT_API int32_t ct_reducer_open(CtGroup* group, CtTensor* const* parameters, int32_t count, CtReducer** result) {
    return guarded([&] {
        std::vector<at::Tensor> all;
        for (int32_t i = 0; i < count; i++) all.push_back(borrow(parameters[i]));
        const auto first = static_cast<size_t>(c10d::kDefaultFirstBucketBytes);
        const auto cap = static_cast<size_t>(c10d::kDefaultBucketBytesCap);
        std::vector<std::vector<size_t>> buckets;
        std::vector<size_t> limits;
        std::tie(buckets, limits) =
            c10d::compute_bucket_assignment_by_size(all, {first, cap}, std::vector<bool>(all.size(), false));
        // Gradients come in about the opposite order of the parameters.
        std::reverse(buckets.begin(), buckets.end());
        std::reverse(limits.begin(), limits.end());
        auto made = std::make_unique<CtReducer>();
        made->parameters = all;
        made->reducer = std::make_unique<c10d::Reducer>(
            all, buckets, limits, group->group, std::vector<bool>(all.size(), false), c10d::kDefaultBucketBytesCap,
            /*find_unused_parameters=*/false, /*gradient_as_bucket_view=*/false,
            std::unordered_map<size_t, std::string>(), c10d::kDefaultFirstBucketBytes);
        // The same parameters are used in each step, also in parts that are recomputed; c10d learns which in the first.
        made->reducer->set_static_graph();
        *result = made.release();
    });
}

// Before the forward pass.
CT_API int32_t ct_reducer_begin(CtReducer* reducer) {
    return guarded([&] {
        reducer->reducer->prepare_for_forward();
        reducer->reducer->rebuild_buckets();
        reducer->reducer->prepare_for_backward({});
        reducer->steps++;
        static WithoutStrides handler;
#if TORCH_VERSION_MAJOR >= 2
        c10::WarningUtils::set_warning_handler(&handler);
#else
        c10::Warning::set_warning_handler(&handler);
#endif
    });
}

// After the backward pass: of the first step, which only counted, all gradients are reduced now.
CT_API int32_t ct_reducer_end(CtReducer* reducer) {
    return guarded([&] {
        if (reducer->steps == 1) reducer->reducer->delay_all_reduce();
    });
}

CT_API void ct_reducer_release(CtReducer* reducer) { delete reducer; }
