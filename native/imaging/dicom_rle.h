// The run lengths of DICOM (PS3.5, annex G).
#pragma once

#include <cstdint>
#include <vector>

#include "dicom_set.h"

namespace ci {

// Samples of `planes` bytes, the lowest first. Damage is a failure whose text follows "its DICOM pixels".
std::vector<std::uint8_t> read_rle(dicom_bytes frame, std::size_t pixels, int planes);

}  // namespace ci
