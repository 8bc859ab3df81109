#include <opencv2/imgproc.hpp>
#include <opencv2/ximgproc/slic.hpp>

#include "view.h"

namespace {

constexpr int lab = 0, as_stored = 1;

// OpenCV's connectivity step merges small pieces but joins them by 4-neighbors of the scan only; numbering every
// connected piece anew makes "each label is one connected piece" true by construction.
int number_pieces(const cv::Mat& labels, std::int32_t* out) {
    const int width = labels.cols, height = labels.rows;
    std::fill_n(out, static_cast<std::size_t>(width) * height, -1);
    std::vector<int> waiting;
    int count = 0;
    for (int start = 0; start < width * height; ++start) {
        if (out[start] >= 0) continue;
        const int label = labels.at<int>(start / width, start % width);
        out[start] = count;
        waiting.assign(1, start);
        while (!waiting.empty()) {
            const int at = waiting.back(), x = at % width, y = at / width;
            waiting.pop_back();
            const auto visit = [&](int nx, int ny) {
                if (nx < 0 || ny < 0 || nx >= width || ny >= height) return;
                const int next = ny * width + nx;
                if (out[next] >= 0 || labels.at<int>(ny, nx) != label) return;
                out[next] = count;
                waiting.push_back(next);
            };
            visit(x - 1, y);
            visit(x + 1, y);
            visit(x, y - 1);
            visit(x, y + 1);
        }
        ++count;
    }
    return count;
}

}  // namespace

CI_EXPORT int ci_slic(const ci_image* source, int region_size, float ruler, int iterations, int space,
                      std::int32_t* labels, std::int32_t* count) {
    return ci::guarded([&] {
        if (space != lab && space != as_stored) throw ci::failure("space is 0 (Lab) or 1 (as stored)");
        cv::Mat pixels = ci::view(*source);
        // OpenCV lays round(side / region size) superpixels along a side, and crashes where that is none.
        if (region_size < 1 || region_size > 2 * std::min(pixels.cols, pixels.rows))
            throw ci::failure(
                "a superpixel is at least 1 pixel wide, and at most twice as wide as the image's shorter side");
        if (space == lab && pixels.channels() == 3) {
            cv::Mat unit;
            pixels.convertTo(unit, CV_32F, 1.0 / (pixels.depth() == CV_8U ? 255 : 65535));
            cv::cvtColor(unit, pixels, cv::COLOR_RGB2Lab);
        }
        auto slic = cv::ximgproc::createSuperpixelSLIC(pixels, cv::ximgproc::SLIC, region_size, ruler);
        slic->iterate(iterations);
        slic->enforceLabelConnectivity(25);
        cv::Mat found;
        slic->getLabels(found);
        *count = number_pieces(found, labels);
    });
}
