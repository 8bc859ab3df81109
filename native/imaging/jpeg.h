// JPEG through libjpeg-turbo itself: OpenCV fills what a truncated file lacks with gray and reports success.
#pragma once

#include <opencv2/core.hpp>

namespace ci {

bool is_jpeg(const std::uint8_t* data, std::size_t size);
// Gray stays one channel, everything else becomes R, G, B. Any warning of the library is a failure.
cv::Mat read_jpeg(const std::uint8_t* data, std::size_t size);

}  // namespace ci
