// Gray JPEG streams that libjpeg-turbo does not decode. Failures' texts follow "its DICOM pixels".
#pragma once

#include <cstdint>
#include <vector>

#include "jpeg_head.h"

namespace ci {

// Lossless with Huffman codes, every predictor (ITU-T T.81, annex H).
std::vector<std::uint16_t> read_jpeg_lossless(const jpeg_head& head);
// Sequential with Huffman codes and 12 bits (ITU-T T.81, annex F).
std::vector<std::uint16_t> read_jpeg_extended(const jpeg_head& head);
// JPEG-LS (ITU-T T.87), lossless or near it, by CharLS.
std::vector<std::uint16_t> read_jpeg_ls(const jpeg_head& head, const std::vector<std::uint8_t>& stream);

}  // namespace ci
