// coverslip::sgd_ and adam_: steps of optimizers over lists of parameters, each number read and written once.
// libtorch's own take a pass over all parameters for every operation of the formula.
#include "operators.h"
#include "simd.h"
#include "threads.h"

#include <torch/library.h>

#include <cmath>
#include <vector>

namespace {

using at::TensorList;

constexpr int64_t kPiece = 1 << 15;  // numbers that a thread takes at once

struct SgdStep {
    float rate, momentum, decay;
    bool nesterov;
};

struct AdamStep {
    // Rate and root of the square are corrected for the means' start at zero; the fresh are what the betas leave, 1 -
    // beta in float64.
    float rate, root, beta1, fresh1, beta2, fresh2, epsilon, decay, shrink;
};

// v <- momentum v + g, w <- w - rate v, with the variants of PyTorch's SGD; `velocity` null without momentum.
COVERSLIP_INLINE inline void sgd_loop(const SgdStep& s, float* __restrict weight, float* __restrict velocity,
                                      const float* __restrict gradient, int64_t count) {
    if (!velocity) {
        for (int64_t i = 0; i < count; i++) weight[i] -= s.rate * (gradient[i] + s.decay * weight[i]);
        return;
    }
    const float ahead = s.nesterov ? s.momentum : 1, own = s.nesterov ? 1 : 0;
    for (int64_t i = 0; i < count; i++) {
        const float g = gradient[i] + s.decay * weight[i], v = s.momentum * velocity[i] + g;
        velocity[i] = v;
        weight[i] -= s.rate * (own * g + ahead * v);
    }
}

// Kingma & Ba 2015, algorithm 1; decoupled decay is `shrink` of the weight (Loshchilov & Hutter 2019, algorithm 2).
COVERSLIP_INLINE inline void adam_loop(const AdamStep& s, float* __restrict weight, float* __restrict mean,
                                       float* __restrict square, const float* __restrict gradient, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const float w = weight[i] * s.shrink, g = gradient[i] + s.decay * weight[i];
        const float m = s.beta1 * mean[i] + s.fresh1 * g, q = s.beta2 * square[i] + s.fresh2 * (g * g);
        mean[i] = m;
        square[i] = q;
        weight[i] = w - s.rate * m / (sqrtf(q) * s.root + s.epsilon);
    }
}

// The loops compiled for one instruction set.
#define COVERSLIP_STEPS(Name, target)                                                                                \
    struct Name {                                                                                                    \
        target static void sgd(const SgdStep& s, float* weight, float* velocity, const float* gradient,              \
                               int64_t count) {                                                                      \
            sgd_loop(s, weight, velocity, gradient, count);                                                          \
        }                                                                                                            \
        target static void adam(const AdamStep& s, float* weight, float* mean, float* square, const float* gradient, \
                                int64_t count) {                                                                     \
            adam_loop(s, weight, mean, square, gradient, count);                                                     \
        }                                                                                                            \
    };

COVERSLIP_STEPS(Plain, )
#if defined(__x86_64__)
COVERSLIP_STEPS(Avx2, __attribute__((target("avx2,fma"))))
COVERSLIP_STEPS(Avx512, __attribute__((target("avx512f,avx512bw,avx512vl"))))
#else
using Avx2 = Plain;
using Avx512 = Plain;
#endif

template <class Act>
void with_steps(Act act) {
    coverslip::withLoops<Avx512, Avx2, Plain>(act);
}

bool served(TensorList tensors) {
    for (const auto& t : tensors)
        if (!t.is_cpu() || t.scalar_type() != at::kFloat || !t.is_non_overlapping_and_dense()) return false;
    return true;
}

// Whether numbers stand in the same order in memory; the step along a side of one says nothing.
bool alike(const at::Tensor& a, const at::Tensor& b) {
    for (int64_t d = 0; d < a.dim(); d++)
        if (a.size(d) > 1 && a.stride(d) != b.stride(d)) return false;
    return true;
}

std::vector<float*> numbers(TensorList tensors) {
    std::vector<float*> all;
    for (const auto& t : tensors) all.push_back(t.data_ptr<float>());
    return all;
}

// Calls act(which parameter, first number, how many) for pieces of all of them on all threads.
template <class Act>
void for_pieces(TensorList weights, const Act& act) {
    struct Piece {
        size_t parameter;
        int64_t first, count;
    };
    std::vector<Piece> pieces;
    for (size_t p = 0; p < weights.size(); p++)
        for (int64_t first = 0; first < weights[p].numel(); first += kPiece)
            pieces.push_back({p, first, std::min(kPiece, weights[p].numel() - first)});
    coverslip::forAll(0, static_cast<int64_t>(pieces.size()), 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) act(pieces[i].parameter, pieces[i].first, pieces[i].count);
    });
}

// Gradients in their weights' order, and of float32.
std::vector<at::Tensor> in_order(TensorList weights, TensorList gradients) {
    std::vector<at::Tensor> all;
    for (size_t p = 0; p < weights.size(); p++) {
        const bool fits = gradients[p].scalar_type() == at::kFloat && gradients[p].is_non_overlapping_and_dense() &&
                          alike(weights[p], gradients[p]);
        all.push_back(fits ? gradients[p] : at::empty_like(weights[p]).copy_(gradients[p]));
    }
    return all;
}

void check(const char* name, TensorList weights, TensorList gradients, std::initializer_list<TensorList> states) {
    bool fit = weights.size() == gradients.size();
    for (const auto& state : states) fit = fit && state.size() == weights.size();
    for (size_t p = 0; fit && p < weights.size(); p++) {
        fit = weights[p].sizes() == gradients[p].sizes();
        for (const auto& state : states) fit = fit && weights[p].sizes() == state[p].sizes();
    }
    TORCH_CHECK(fit, "coverslip::", name, ": weights, gradients and states of the same number and sizes expected");
}

bool ordered(TensorList weights, TensorList state) {
    for (size_t p = 0; p < weights.size(); p++)
        if (!alike(weights[p], state[p])) return false;
    return true;
}

void sgd(TensorList weights, TensorList velocities, TensorList gradients, double rate, double momentum, double decay,
         bool nesterov) {
    const bool moves = momentum != 0;
    check("sgd_", weights, gradients,
          moves ? std::initializer_list<TensorList>{velocities} : std::initializer_list<TensorList>{});
    if (served(weights) && (!moves || (served(velocities) && ordered(weights, velocities)))) {
        const auto of = in_order(weights, gradients);
        const auto w = numbers(weights), g = numbers(of);
        const auto v = moves ? numbers(velocities) : std::vector<float*>(weights.size(), nullptr);
        const SgdStep step{static_cast<float>(rate), static_cast<float>(momentum), static_cast<float>(decay), nesterov};
        return for_pieces(weights, [&](size_t p, int64_t first, int64_t count) {
            with_steps(
                [&](auto loops) { loops.sgd(step, w[p] + first, v[p] ? v[p] + first : nullptr, g[p] + first, count); });
        });
    }
    if (weights.empty()) return;
    auto of = decay != 0 ? at::_foreach_add(gradients, weights, decay) : gradients.vec();
    if (moves) {
        at::_foreach_mul_(velocities, momentum);
        at::_foreach_add_(velocities, of, 1);
        of = nesterov ? at::_foreach_add(of, velocities, momentum) : velocities.vec();
    }
    at::_foreach_add_(weights, of, -rate);
}

void adam(TensorList weights, TensorList means, TensorList squares, TensorList gradients, double rate, double beta1,
          double beta2, double epsilon, double decay, bool decoupled, int64_t steps) {
    check("adam_", weights, gradients, {means, squares});
    const double of_mean = 1 - std::pow(beta1, static_cast<double>(steps));
    const double of_square = std::sqrt(1 - std::pow(beta2, static_cast<double>(steps)));
    if (served(weights) && served(means) && served(squares) && ordered(weights, means) && ordered(weights, squares)) {
        const auto of = in_order(weights, gradients);
        const auto w = numbers(weights), m = numbers(means), q = numbers(squares), g = numbers(of);
        const auto single = [](double value) { return static_cast<float>(value); };
        const AdamStep step{single(rate / of_mean),
                            single(1 / of_square),
                            single(beta1),
                            single(1 - beta1),
                            single(beta2),
                            single(1 - beta2),
                            single(epsilon),
                            single(decoupled ? 0 : decay),
                            single(decoupled ? 1 - rate * decay : 1)};
        return for_pieces(weights, [&](size_t p, int64_t first, int64_t count) {
            with_steps(
                [&](auto loops) { loops.adam(step, w[p] + first, m[p] + first, q[p] + first, g[p] + first, count); });
        });
    }
    if (weights.empty()) return;
    auto of = gradients.vec();
    if (decay != 0 && decoupled) at::_foreach_mul_(weights, 1 - rate * decay);
    if (decay != 0 && !decoupled) of = at::_foreach_add(gradients, weights, decay);
    at::_foreach_mul_(means, beta1);
    at::_foreach_add_(means, of, 1 - beta1);
    at::_foreach_mul_(squares, beta2);
    at::_foreach_addcmul_(squares, of, of, 1 - beta2);
    auto divisor = at::_foreach_sqrt(squares);
    at::_foreach_div_(divisor, of_square);
    at::_foreach_add_(divisor, epsilon);
    at::_foreach_addcdiv_(weights, means, divisor, -rate / of_mean);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(coverslip, m) {
    m.def("sgd_(Tensor[] weights, Tensor[] velocities, Tensor[] gradients, float rate, float momentum, float decay, "
          "bool nesterov) -> ()",
          sgd);
    m.def("adam_(Tensor[] weights, Tensor[] means, Tensor[] squares, Tensor[] gradients, float rate, float beta1, "
          "float beta2, float epsilon, float decay, bool decoupled, int steps) -> ()",
          adam);
}
