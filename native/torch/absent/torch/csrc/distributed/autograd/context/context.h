// Debian's libtorch-dev lacks this header of libtorch, of which c10d's reducer.hpp names two types; a pointer of the
// same size stands in its class.
#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <memory>

namespace torch::distributed::autograd {
struct DistAutogradContext {
    using GradCallback = std::function<bool(at::Tensor&)>;
};
using ContextPtr = std::shared_ptr<DistAutogradContext>;
}  // namespace torch::distributed::autograd
