// Batch normalization over the values of several processes: that of batch_norm.h where it serves, else libtorch's
// operators.
#include <torch/csrc/autograd/custom_function.h>

#include "batch_norm.h"
#include "group.h"
#include "row_blocks.h"

using namespace coverslip;

namespace {

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
        // The mean goes off first: where a channel hardly varies, products with x itself would leave nothing but
        // rounding.
        const at::Tensor centered = x - shaped(mean, x);
        const at::Tensor sum = gradient.sum({0, 2, 3}, false, at::kDouble);
        const at::Tensor product = (gradient * centered).sum({0, 2, 3}, false, at::kDouble);
        at::Tensor both = at::cat({sum, product});
        add_up(group, both);
        // dx = w / σ · (g − Σg / n − (x − mean) / σ² · Σ g (x − mean) / n), sums over all ranks
        const at::Tensor a = inverse * weight.to(at::kDouble);
        at::Tensor dx = gradient * shaped(a, x);
        if (context->saved_data["counts"].toBool()) {
            const at::Tensor b = -a * inverse.square() * both.narrow(0, channels, channels) / count;
            dx.addcmul_(centered, shaped(b, x)).sub_(shaped(a * both.narrow(0, 0, channels) / count, x));
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

// How a norm moves its running statistics, whether this rank's values count, and where a ReLU stands (as rows.h
// numbers).
struct CtGroupNorm {
    double momentum, epsilon;
    int32_t counts, relu;
};

// [B, C, H, W] normalized by the statistics of all ranks, and rectified; running statistics move by them.
// `tensors`: the image, weight, bias, running mean and variance.
CT_API int32_t ct_group_batch_norm(CtGroup* group, CtTensor* const* tensors, const CtGroupNorm* norm,
                                   CtTensor** result) {
    return guarded([&] {
        const at::Tensor x = borrow(tensors[0]);
        const auto relu = static_cast<rows::Relu>(norm->relu);
        const NormLayer layer{borrow(tensors[1]),
                              borrow(tensors[2]),
                              borrow(tensors[3]),
                              borrow(tensors[4]),
                              norm->momentum,
                              norm->epsilon,
                              relu};
        if (imageServed(x) && layer.served() && x.is_contiguous(at::MemoryFormat::ChannelsLast)) {
            *result = give(batchNorm(x, {}, layer, {group->group, norm->counts != 0}));
            return;
        }
        at::Tensor y = GroupBatchNorm::apply(x, layer.weight, layer.bias, *layer.runningMean, *layer.runningVariance,
                                             group->group, norm->momentum, norm->epsilon, norm->counts != 0);
        *result = give(relu == rows::Relu::After ? at::relu_(y) : rectified(y, relu));
    });
}
