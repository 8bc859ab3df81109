// Several processes that train together: a store to meet at, a group to add up in, gradients reduced in buckets while
// the backward pass runs. All of it is c10d's.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/version.h>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>
#ifdef COVERSLIP_GLOO
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef COVERSLIP_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <cstdlib>

#include "convert.h"

using namespace coverslip;

namespace {

using Store = c10::intrusive_ptr<c10d::Store>;
using Group = c10::intrusive_ptr<c10d::ProcessGroup>;

enum Backend : int32_t { kGloo = 1, kNccl = 2 };

std::chrono::milliseconds seconds(int32_t count) { return std::chrono::seconds(count); }

#ifdef COVERSLIP_GLOO
auto of_gloo(const Store& store, int32_t rank, int32_t size, const char* address, int32_t timeout) {
    auto options = c10d::ProcessGroupGloo::Options::create(seconds(timeout));
    const char* network = std::getenv("GLOO_SOCKET_IFNAME");  // PyTorch's own name for it, which only its Python reads
    options->devices.push_back(network    ? c10d::ProcessGroupGloo::createDeviceForInterface(network)
                               : *address ? c10d::ProcessGroupGloo::createDeviceForHostname(address)
                                          : c10d::ProcessGroupGloo::createDefaultDevice());
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}
#endif
#ifdef COVERSLIP_NCCL
auto of_nccl(const Store& store, int32_t rank, int32_t size, int32_t timeout) {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = seconds(timeout);
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}
#endif

// From 2.0 on a group holds its backends instead of being one.
#if TORCH_VERSION_MAJOR >= 2
template <class Made>
Group grouped(const Store& store, int32_t rank, int32_t size, Backend kind, Made backend) {
    const bool on_gpu = kind == kNccl;
    const auto type = on_gpu ? c10d::ProcessGroup::BackendType::NCCL : c10d::ProcessGroup::BackendType::GLOO;
#if TORCH_VERSION_MAJOR > 2 || TORCH_VERSION_MINOR >= 6
    auto group = c10::make_intrusive<c10d::ProcessGroup>(store, rank, size);
    group->setDefaultBackend(type);
#else
    auto group = c10::make_intrusive<c10d::ProcessGroup>(store, rank, size,
                                                         c10d::ProcessGroup::Options::create(on_gpu ? "nccl" : "gloo"));
#endif
    group->setBackend(on_gpu ? c10::DeviceType::CUDA : c10::DeviceType::CPU, type, backend);
    return group;
}
#else
template <class Made>
Group grouped(const Store&, int32_t, int32_t, Backend, Made backend) {
    return backend;
}
#endif

void add_up(const Group& group, at::Tensor tensor) {
    std::vector<at::Tensor> one{std::move(tensor)};
    group->allreduce(one)->wait();
}

// Runs of tensors of one type, each run joined to one: a message for each tensor would cost more than its bytes.
template <class Act>
void joined(std::vector<at::Tensor>& tensors, const Act& act) {
    at::AutoGradMode off(false);
    for (size_t first = 0, next; first < tensors.size(); first = next) {
        std::vector<at::Tensor> flat;
        int64_t bytes = 0;
        for (next = first; next < tensors.size() && tensors[next].scalar_type() == tensors[first].scalar_type() &&
                           bytes < c10d::kDefaultBucketBytesCap;
             next++) {
            flat.push_back(tensors[next].detach().reshape(-1));
            bytes += static_cast<int64_t>(tensors[next].nbytes());
        }
        at::Tensor whole = at::cat(flat);
        act(whole);
        int64_t at = 0;
        for (size_t i = first; i < next; i++) {
            const int64_t count = tensors[i].numel();
            tensors[i].detach().copy_(whole.narrow(0, at, count).view(tensors[i].sizes()));
            at += count;
        }
    }
}

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

// Batch normalization by the statistics of all ranks' values (as PyTorch's SyncBatchNorm): a rank says how many values
// it has, their mean and variance; in the backward pass two sums go round. A rank that does not count only takes part.
struct GroupBatchNorm : torch::autograd::Function<GroupBatchNorm> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& bias, at::Tensor mean, at::Tensor variance, const Group& group,
                              double momentum, double epsilon, bool counts) {
        at::AutoGradMode off(false);
        const int64_t channels = x.size(1);
        const auto wide = x.options().dtype(at::kDouble).memory_format(c10::nullopt);
        at::Tensor all = at::zeros({group->getSize(), 2 * channels + 1}, wide);
        if (counts) {
            const auto precise = x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
            const auto own = at::var_mean(precise, {0, 2, 3}, /*unbiased=*/false);
            at::Tensor row = all.select(0, group->getRank());
            row.narrow(0, 0, channels).copy_(std::get<1>(own));
            row.narrow(0, channels, channels).copy_(std::get<0>(own));
            row.narrow(0, 2 * channels, 1).fill_(static_cast<double>(x.numel() / channels));
        }
        add_up(group, all);
        const at::Tensor share = all.narrow(1, 2 * channels, 1) / all.narrow(1, 2 * channels, 1).sum();  // [ranks, 1]
        const at::Tensor means = all.narrow(1, 0, channels), variances = all.narrow(1, channels, channels);
        const at::Tensor whole = (share * means).sum(0);                                    // [C]
        const at::Tensor spread = (share * (variances + (means - whole).square())).sum(0);  // [C]
        const double count = all.select(1, 2 * channels).sum().item<double>();
        const at::Tensor inverse = (spread + epsilon).rsqrt();
        if (momentum > 0) {
            mean.lerp_(whole.to(mean.scalar_type()), momentum);
            variance.lerp_((spread * (count / std::max(count - 1, 1.0))).to(variance.scalar_type()), momentum);
        }
        context->save_for_backward({x, weight, whole, inverse});
        context->saved_data["count"] = count;
        context->saved_data["counts"] = counts;
        context->saved_data["group"] = c10::IValue::make_capsule(group);
        const at::Tensor scale = inverse * weight.to(at::kDouble);
        return affine(x, scale, bias.to(at::kDouble) - whole * scale);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        at::AutoGradMode off(false);
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &inverse = saved[3];
        const auto group =
            c10::static_intrusive_pointer_cast<c10d::ProcessGroup>(context->saved_data["group"].toCapsule());
        const double count = context->saved_data["count"].toDouble();
        const at::Tensor gradient = gradients[0].to(x.scalar_type());
        const int64_t channels = x.size(1);
        const at::Tensor sum = gradient.sum({0, 2, 3}, false, at::kDouble);
        const at::Tensor product = (gradient * x).sum({0, 2, 3}, false, at::kDouble) - mean * sum;  // Σ g (x − mean)
        at::Tensor both = at::cat({sum, product});
        add_up(group, both);
        // dx = w / σ · (g − Σg / n − (x − mean) / σ² · Σ g (x − mean) / n), sums over all ranks; a · g + b · x + c
        const at::Tensor a = inverse * weight.to(at::kDouble);
        at::Tensor dx = gradient * shaped(a, x);
        if (context->saved_data["counts"].toBool()) {
            const at::Tensor b = -a * inverse.square() * both.narrow(0, channels, channels) / count;
            const at::Tensor c = -a * both.narrow(0, 0, channels) / count - b * mean;
            dx.addcmul_(x, shaped(b, x)).add_(shaped(c, x));
        }
        const auto type = weight.scalar_type();
        return {dx, (product * inverse).to(type), sum.to(type), {}, {}, {}, {}, {}, {}};
    }

private:
    static at::Tensor shaped(const at::Tensor& of_channels, const at::Tensor& x) {
        return of_channels.to(x.scalar_type()).view({1, -1, 1, 1});
    }
    static at::Tensor affine(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& offset) {
        at::Tensor y = at::empty_like(x);  // pixel by pixel where x is
        at::addcmul_out(y, shaped(offset, x), x, shaped(scale, x));
        return y;
    }
};

}  // namespace

struct CtStore {
    c10::intrusive_ptr<c10d::TCPStore> store;
    std::string last;
};

struct CtGroup {
    Group group;
};

// Gradients of some parameters, averaged over a group: in buckets, from the second step on while the backward pass
// runs.
struct CtReducer {
    std::vector<at::Tensor> parameters;
    std::unique_ptr<c10d::Reducer> reducer;
    int64_t steps = 0;
};

// Which backends this library was built with, as bits: 1 Gloo, 2 NCCL.
CT_API int32_t ct_group_backends() {
    int32_t backends = 0;
#ifdef COVERSLIP_GLOO
    backends |= kGloo;
#endif
#ifdef COVERSLIP_NCCL
    backends |= kNccl;
#endif
    return backends;
}

// Where processes meet; the server chooses a port where 0 is given, and `port` tells it.
CT_API int32_t ct_store_open(const char* host, int32_t* port, int32_t server, int32_t timeout, CtStore** result) {
    return guarded([&] {
        c10d::TCPStoreOptions options;
        options.port = static_cast<uint16_t>(*port);
        options.isServer = server != 0;
        options.waitWorkers = false;
        options.timeout = seconds(timeout);
        auto store = c10::make_intrusive<c10d::TCPStore>(host, options);
        *port = store->getPort();
        *result = new CtStore{store, {}};
    });
}

CT_API int32_t ct_store_add(CtStore* store, const char* key, int64_t value, int64_t* result) {
    return guarded([&] { *result = store->store->add(key, value); });
}

CT_API int32_t ct_store_set(CtStore* store, const char* key, const char* value) {
    return guarded([&] {
        const std::string text(value);
        store->store->set(key, std::vector<uint8_t>(text.begin(), text.end()));
    });
}

// Waits for the key; the text is the store's until its next one.
CT_API int32_t ct_store_get(CtStore* store, const char* key, const char** result) {
    return guarded([&] {
        const auto value = store->store->get(key);
        store->last.assign(value.begin(), value.end());
        *result = store->last.c_str();
    });
}

CT_API void ct_store_release(CtStore* store) { delete store; }

// All ranks call it, each with its own number; address: where this one is reached, empty for libtorch's choice.
CT_API int32_t ct_group_open(CtStore* store, const int32_t* rank_of_size, int32_t backend, const char* address,
                             int32_t timeout, CtGroup** result) {
    return guarded([&] {
        const int32_t rank = rank_of_size[0], size = rank_of_size[1];
        const Store at = store->store;
        (void)rank, (void)size, (void)address, (void)timeout;
#ifdef COVERSLIP_GLOO
        if (backend == kGloo)
            *result = new CtGroup{grouped(at, rank, size, kGloo, of_gloo(at, rank, size, address, timeout))};
#endif
#ifdef COVERSLIP_NCCL
        if (backend == kNccl) *result = new CtGroup{grouped(at, rank, size, kNccl, of_nccl(at, rank, size, timeout))};
#endif
        TORCH_CHECK(*result, "this build of libcoverslip_torch has no ", backend == kNccl ? "NCCL" : "Gloo");
    });
}

CT_API void ct_group_release(CtGroup* group) { delete group; }

// Every rank's values become the root's.
CT_API int32_t ct_group_broadcast(CtGroup* group, CtTensor* const* tensors, int32_t count, int32_t root) {
    return guarded([&] {
        std::vector<at::Tensor> given;
        for (int32_t i = 0; i < count; i++) given.push_back(borrow(tensors[i]));
        joined(given, [&](const at::Tensor& whole) {
            std::vector<at::Tensor> one{whole};
            c10d::BroadcastOptions options;
            options.rootRank = root;
            group->group->broadcast(one, options)->wait();
        });
    });
}

// Every rank's values become the sum of all ranks'.
CT_API int32_t ct_group_sum(CtGroup* group, CtTensor* const* tensors, int32_t count) {
    return guarded([&] {
        std::vector<at::Tensor> given;
        for (int32_t i = 0; i < count; i++) given.push_back(borrow(tensors[i]));
        joined(given, [&](const at::Tensor& whole) { add_up(group->group, whole); });
    });
}

// Adds up the gradients at parameters; one that a rank lacks counts as zero, one that all lack stays away.
CT_API int32_t ct_group_sum_gradients(CtGroup* group, CtTensor* const* parameters, int32_t count) {
    return guarded([&] {
        at::AutoGradMode off(false);
        at::Tensor there = at::zeros({count}, at::kInt);
        for (int32_t i = 0; i < count; i++) there[i] = borrow(parameters[i]).grad().defined() ? 1 : 0;
        if (count > 0) there = there.to(borrow(parameters[0]).device());
        add_up(group->group, there);
        there = there.cpu();
        std::vector<at::Tensor> gradients;
        for (int32_t i = 0; i < count; i++) {
            if (there[i].item<int32_t>() == 0) continue;
            const at::Tensor parameter = borrow(parameters[i]);
            if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
            gradients.push_back(parameter.grad());
        }
        joined(gradients, [&](const at::Tensor& whole) { add_up(group->group, whole); });
    });
}

// [B, C, H, W] normalized by the statistics of all ranks; running statistics move by them.
CT_API int32_t ct_group_batch_norm(CtGroup* group, CtTensor* const* tensors, const double* momentum_epsilon,
                                   int32_t counts, CtTensor** result) {
    return guarded([&] {
        *result = give(GroupBatchNorm::apply(borrow(tensors[0]), borrow(tensors[1]), borrow(tensors[2]),
                                             borrow(tensors[3]), borrow(tensors[4]), group->group, momentum_epsilon[0],
                                             momentum_epsilon[1], counts != 0));
    });
}

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
