// Several processes that train together: a store to meet at, a group to add up in, gradients reduced in buckets while
// the backward pass runs. All of it is c10d's.
#include <ATen/ATen.h>
#include <torch/version.h>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef COVERSLIP_GLOO
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef COVERSLIP_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <cstdlib>

#include "group.h"

using namespace coverslip;

namespace {

using Store = c10::intrusive_ptr<c10d::Store>;

// As c10d's buckets of gradients.
constexpr int64_t kMostBytes = 25 * 1024 * 1024;

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

// Runs of tensors of one type, each run joined to one: a message for each tensor would cost more than its bytes.
template <class Act>
void joined(std::vector<at::Tensor>& tensors, const Act& act) {
    at::AutoGradMode off(false);
    for (size_t first = 0, next; first < tensors.size(); first = next) {
        std::vector<at::Tensor> flat;
        int64_t bytes = 0;
        for (next = first;
             next < tensors.size() && tensors[next].scalar_type() == tensors[first].scalar_type() && bytes < kMostBytes;
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

}  // namespace

struct CtStore {
    c10::intrusive_ptr<c10d::TCPStore> store;
    std::string last;
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
