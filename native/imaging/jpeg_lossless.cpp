#include <string>

#include "error.h"
#include "jpeg_bits.h"
#include "jpeg_gray.h"

namespace {

// Left, above, and above left of the sample (table H.1).
int predicted(int predictor, int a, int b, int c) {
    switch (predictor) {
        case 1: return a;
        case 2: return b;
        case 3: return c;
        case 4: return a + b - c;
        case 5: return a + ((b - c) >> 1);
        case 6: return b + ((a - c) >> 1);
        default: return (a + b) >> 1;
    }
}

int difference(const ci::jpeg_table& table, ci::jpeg_bits& bits) {
    const int length = table.next(bits);
    if (length > 16) throw ci::failure("are damaged: a difference of " + std::to_string(length) + " bits");
    return length == 16 ? 32768 : bits.signed_number(length);  // table H.2
}

}  // namespace

std::vector<std::uint16_t> ci::read_jpeg_lossless(const jpeg_head& head) {
    const int predictor = head.first, shift = head.low, depth = head.bits - shift;
    if (head.width < 1 || predictor < 1 || predictor > 7 || head.last != 0 || head.high != 0 || head.bits < 2 ||
        head.bits > 16 || depth < 1)
        throw failure("are damaged: their lossless JPEG scan has predictor " + std::to_string(predictor) +
                      " and point transform " + std::to_string(shift) + " for " + std::to_string(head.bits) + " bits");
    const auto width = static_cast<std::size_t>(head.width), height = static_cast<std::size_t>(head.height);
    if (head.restart % width != 0) throw failure("are damaged: their lossless JPEG scan restarts within a row");
    const std::size_t rows_apart = head.restart / width;
    const jpeg_table table(head.dc[static_cast<std::size_t>(head.dc_used)]);
    jpeg_bits bits(head.scan, head.end);
    std::vector<std::uint16_t> samples(width * height);
    for (std::size_t y = 0; y < height; ++y) {
        const bool restarted = rows_apart > 0 && y > 0 && y % rows_apart == 0;
        if (restarted) bits.expect_restart(static_cast<std::uint32_t>(y / rows_apart - 1));
        std::uint16_t* const row = samples.data() + y * width;
        const std::uint16_t* const above = y > 0 && !restarted ? row - width : nullptr;
        row[0] = static_cast<std::uint16_t>((above ? above[0] : 1 << (depth - 1)) + difference(table, bits));
        for (std::size_t x = 1; x < width; ++x) {
            const int a = row[x - 1];
            const int guess = above ? predicted(predictor, a, above[x], above[x - 1]) : a;
            row[x] = static_cast<std::uint16_t>(guess + difference(table, bits));  // modulo 2^16 (H.1.2.1)
        }
    }
    bits.expect_end();
    for (auto& sample : samples) sample = static_cast<std::uint16_t>(sample << shift);
    return samples;
}
