// TIFF through libtiff itself: OpenCV applies the orientation tag, guesses at alpha, and prints to the terminal.
#pragma once

#include <opencv2/core.hpp>

namespace ci {

bool is_tiff(const std::uint8_t* data, std::size_t size);
// The first page: 1 channel, RGB, or RGBA whose color is already scaled by alpha.
cv::Mat read_tiff(const std::uint8_t* data, std::size_t size);

}  // namespace ci
