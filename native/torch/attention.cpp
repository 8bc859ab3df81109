// coverslip::attention(mixed, heads): softmax(q k^T / sqrt(side)) v of every head of tokens [B, T, 3 * width], as the
// linear layer of a vision transformer gives them: [B, T, width]. A head's scores stay in the caches, where libtorch
// writes [B, heads, T, T] three times and multiplies head after head on all threads. Without gradients; with them, and
// on other devices, libtorch's operators.
#include "operators.h"
#include "rows.h"
#include "threads.h"

#include <torch/library.h>

#include <cmath>

namespace coverslip {
namespace {

at::Tensor byLibtorch(const at::Tensor& mixed, int64_t heads) {
    const int64_t batch = mixed.size(0), tokens = mixed.size(1), width = mixed.size(2) / 3, side = width / heads;
    const auto parts = mixed.reshape({batch, tokens, 3, heads, side}).permute({2, 0, 3, 1, 4});
    const auto weights = (parts[0] * (1 / std::sqrt(static_cast<double>(side)))).matmul(parts[1].transpose(-2, -1));
    const auto seen = weights.to(at::kFloat).softmax(-1).to(mixed.scalar_type()).matmul(parts[2]);
    return seen.transpose(1, 2).reshape({batch, tokens, width});
}

at::Tensor attention(const at::Tensor& mixed, int64_t heads) {
    TORCH_CHECK(mixed.dim() == 3 && heads > 0 && mixed.size(2) % (3 * heads) == 0,
                "coverslip::attention: tokens [B, T, 3 * heads * side] expected, got ", mixed.sizes(), " and ", heads,
                " heads");
    if (at::GradMode::is_enabled() && mixed.requires_grad()) return byLibtorch(mixed, heads);
    if (mixed.scalar_type() == at::kBFloat16 && mixed.device().is_cpu() && rows::kernels())
        return attention(mixed.to(at::kFloat), heads).to(at::kBFloat16);
    if (!served(mixed)) return byLibtorch(mixed, heads);
    const auto& kernels = present(rows::kernels());
    const auto from = mixed.contiguous();
    const int64_t batch = from.size(0), width = from.size(2) / 3;
    rows::Attention head{};
    std::tie(head.tokens, head.side, head.stride) = std::tuple(from.size(1), width / heads, from.size(2));
    std::tie(head.keys, head.values, head.yStride) = std::tuple(width, 2 * width, width);
    head.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head.side)));
    auto output = at::empty({batch, head.tokens, width}, from.options());
    const float* const x = from.data_ptr<float>();
    float* const y = output.data_ptr<float>();
    forAll(0, batch * heads, 1, [&](int64_t begin, int64_t end) {
        auto scratch = at::empty({kernels.attentionScratch(head)}, at::kFloat);
        for (int64_t i = begin; i < end; ++i) {
            const int64_t row = i / heads * head.tokens, column = i % heads * head.side;
            kernels.attention(head, x + row * head.stride + column, y + row * width + column,
                              scratch.data_ptr<float>());
        }
    });
    return output;
}

}  // namespace
}  // namespace coverslip

TORCH_LIBRARY_FRAGMENT(coverslip, m) { m.def("attention(Tensor mixed, int heads) -> Tensor", coverslip::attention); }
