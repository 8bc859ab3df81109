// The caller's pixels as an OpenCV matrix, without a copy.
#pragma once

#include <opencv2/core.hpp>

#include "error.h"
#include "imaging.h"

namespace ci {

inline cv::Mat view(const ci_image& image) {
    if (image.pixels == nullptr || image.width < 1 || image.height < 1)
        throw failure("an image needs pixels, a width and a height");
    if ((image.depth != 8 && image.depth != 16) || image.channels < 1 || image.channels > 4)
        throw failure("an image has 1 to 4 channels of 8 or 16 bits");
    const int type = CV_MAKETYPE(image.depth == 8 ? CV_8U : CV_16U, image.channels);
    return cv::Mat(image.height, image.width, type, image.pixels, static_cast<std::size_t>(image.stride));
}

// OpenCV reallocates an output of other size or type; the caller's memory would then stay unwritten.
inline void deliver(const cv::Mat& result, cv::Mat& target) {
    if (result.size() != target.size() || result.type() != target.type())
        throw failure("the result's size or type differs from the target's");
    if (result.data != target.data) result.copyTo(target);
}

}  // namespace ci
