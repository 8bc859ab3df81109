// Gray DICOM images, as they are meant to be shown.
#pragma once

#include <opencv2/core.hpp>

namespace ci {

// The preamble of 128 bytes and "DICM" (DICOM PS3.10, 7.1).
bool is_dicom(const std::uint8_t* data, std::size_t size);
// One channel of 8 bits, or of 16 where the file stores more than 8; 0 is black. Rescale, VOI LUT or window, and
// MONOCHROME1 are applied (PS3.3, C.7.6.3.1.2 and C.11.2); docs/radiographs.md says in which order.
cv::Mat read_dicom(const std::uint8_t* data, std::size_t size);

}  // namespace ci
