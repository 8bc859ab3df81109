// What stands before the scan of a gray JPEG stream (ITU-T T.81, annex B), every length checked.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace ci {

// A Huffman table as it is written: codes of each length, and what they stand for.
struct jpeg_codes {
    std::array<std::uint8_t, 16> counts{};
    std::vector<std::uint8_t> values;
};

struct jpeg_head {
    // 0xc0 baseline, 0xc1 extended, 0xc3 lossless …, 0xf7 JPEG-LS
    int frame = 0;
    int bits = 0, width = 0, height = 0, components = 0;
    // 0: the table is missing
    std::array<std::vector<std::uint16_t>, 4> quantization;
    std::array<jpeg_codes, 4> dc, ac;
    // which of them the one component uses
    int quantization_used = 0, dc_used = 0, ac_used = 0;
    // MCUs between restarts, 0 for none
    std::uint32_t restart = 0;
    // Ss, Se, Ah, Al; of lossless streams Ss is the predictor, Al the point transform
    int first = 0, last = 0, high = 0, low = 0;
    // the bytes behind the scan's head
    const std::uint8_t *scan = nullptr, *end = nullptr;

    // Failures' texts follow "its DICOM pixels".
    static jpeg_head of(const std::vector<std::uint8_t>& stream);
};

}  // namespace ci
