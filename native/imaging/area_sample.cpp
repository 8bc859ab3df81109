#include <cmath>
#include <vector>

#include "error.h"
#include "slides.h"

namespace {

// The source samples under one target sample, and the share of each.
struct span {
    int first;
    std::vector<float> shares;
};

std::vector<span> spans(double from, double step, int count, int limit) {
    std::vector<span> all(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double low = from + i * step, high = low + step;
        // Sums of steps miss whole numbers by a little: such a sliver is no pixel.
        const int first = static_cast<int>(std::floor(low + 1e-6)), last = static_cast<int>(std::ceil(high - 1e-6));
        if (first < 0 || last > limit || last <= first) throw ci::failure("a sampled rectangle leaves the image");
        span& here = all[static_cast<std::size_t>(i)];
        here.first = first;
        float sum = 0;
        for (int at = first; at < last; ++at) {
            const double share = std::min(high, at + 1.0) - std::max(low, static_cast<double>(at));
            here.shares.push_back(static_cast<float>(share));
            sum += here.shares.back();
        }
        for (float& share : here.shares) share /= sum;
    }
    return all;
}

}  // namespace

CI_EXPORT int ci_area_sample(const ci_image* source, const double from_step[4], const ci_image* target) {
    return ci::guarded([&] {
        if (source->depth != 8 || target->depth != 8 || source->channels != target->channels)
            throw ci::failure("sampling goes between images of 8 bits and equal channels");
        if (!(from_step[2] >= 0.999 && from_step[3] >= 0.999))
            throw ci::failure("sampling shrinks: a step is at least 1");
        const auto columns = spans(from_step[0], from_step[2], target->width, source->width);
        const auto rows = spans(from_step[1], from_step[3], target->height, source->height);
        const int channels = source->channels;
        const std::size_t samples = static_cast<std::size_t>(source->width) * channels;
        std::vector<float> sum(samples);
        for (int y = 0; y < target->height; ++y) {
            const span& down = rows[static_cast<std::size_t>(y)];
            std::fill(sum.begin(), sum.end(), 0.0f);
            for (std::size_t k = 0; k < down.shares.size(); ++k) {
                const std::uint8_t* from = source->pixels + source->stride * (down.first + static_cast<int>(k));
                const float share = down.shares[k];
                for (std::size_t i = 0; i < samples; ++i) sum[i] += share * static_cast<float>(from[i]);
            }
            std::uint8_t* to = target->pixels + target->stride * y;
            for (int x = 0; x < target->width; ++x) {
                const span& across = columns[static_cast<std::size_t>(x)];
                for (int c = 0; c < channels; ++c) {
                    float value = 0.5f;
                    const float* at = sum.data() + static_cast<std::size_t>(across.first) * channels + c;
                    for (float share : across.shares) {
                        value += share * *at;
                        at += channels;
                    }
                    *to++ = static_cast<std::uint8_t>(std::min(value, 255.0f));
                }
            }
        }
    });
}
