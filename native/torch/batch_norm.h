// Batch normalization in training with the ReLU beside it, in two passes over a channels-last image; also over the
// values of several processes.
#pragma once

#include "operators.h"
#include "rows.h"

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

namespace coverslip {

// The processes whose values a batch norm is over; without a group this one's. A process that does not count only takes
// part.
struct NormOver {
    c10::intrusive_ptr<c10d::ProcessGroup> group;
    bool counts = true;
};

// A norm's numbers per channel, how it moves the running ones, and where its ReLU stands.
struct NormLayer {
    at::Tensor weight, bias;
    OptionalTensor runningMean, runningVariance;
    double momentum, epsilon;
    rows::Relu relu;

    bool served() const {
        return coverslip::served(weight) && coverslip::served(bias) && coverslip::served(runningMean) &&
               coverslip::served(runningVariance) && runningMean.has_value() == runningVariance.has_value();
    }
};

// Of an image, one of its sizes and type that may be added before the ReLU, and a layer that are served.
at::Tensor batchNorm(const at::Tensor& image, const OptionalTensor& added, const NormLayer& layer,
                     const NormOver& over);

// The ReLU behind a norm, by libtorch.
at::Tensor rectified(const at::Tensor& y, rows::Relu relu);

}  // namespace coverslip
