// What the parts of training by several processes share.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include "convert.h"

namespace coverslip {

using Group = c10::intrusive_ptr<c10d::ProcessGroup>;

// Every rank's values become the sum of all ranks'.
inline void add_up(const Group& group, at::Tensor tensor) {
    std::vector<at::Tensor> one{std::move(tensor)};
    group->allreduce(one)->wait();
}

}  // namespace coverslip

struct CtGroup {
    coverslip::Group group;
};
