// From the stored values of a DICOM image to the gray it is meant to show.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "dicom_set.h"

namespace ci {

// Rescaled, windowed or looked up, inverted where the file is MONOCHROME1 (PS3.3, C.7.6.3.1.2, C.11.1, C.11.2).
// One channel of 8 bits, or of 16 where more than 8 are stored.
cv::Mat shown(const std::vector<std::int32_t>& stored, const dicom_set& set, cv::Size size);

}  // namespace ci
