#include <algorithm>
#include <array>
#include <cmath>

#include "error.h"
#include "jpeg_bits.h"
#include "jpeg_gray.h"

namespace {

constexpr int side = 8;
using block = std::array<double, 64>;

// Where the k-th coefficient of the stream lies (figure A.6).
constexpr std::array<std::uint8_t, 64> zigzag = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                                 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                                 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                                 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// cosines[x][u] = C(u) / 2 · cos((2x + 1) u π / 16) (A.3.3)
const std::array<std::array<double, side>, side> cosines = [] {
    std::array<std::array<double, side>, side> made;
    for (int x = 0; x < side; ++x)
        for (int u = 0; u < side; ++u)
            made[x][u] = (u == 0 ? std::sqrt(0.5) : 1.0) / 2 * std::cos((2 * x + 1) * u * std::acos(-1.0) / 16);
    return made;
}();

// Rows of coefficients, then their columns.
block inverse(const block& coefficients) {
    block half{}, whole{};
    for (int v = 0; v < side; ++v)
        for (int x = 0; x < side; ++x)
            for (int u = 0; u < side; ++u) half[v * side + x] += cosines[x][u] * coefficients[v * side + u];
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            for (int v = 0; v < side; ++v) whole[y * side + x] += cosines[y][v] * half[v * side + x];
    return whole;
}

class scan {
public:
    explicit scan(const ci::jpeg_head& head)
        : bits(head.scan, head.end),
          dc(head.dc[static_cast<std::size_t>(head.dc_used)]),
          ac(head.ac[static_cast<std::size_t>(head.ac_used)]),
          steps(head.quantization[static_cast<std::size_t>(head.quantization_used)]) {
        if (steps.size() != zigzag.size()) throw ci::failure("are damaged: a quantization table is missing");
    }

    // The dequantized coefficients of the next block (F.2.2).
    block next() {
        block found{};
        const int length = dc.next(bits);
        if (length > 15) throw ci::failure("are damaged: a JPEG coefficient is too long");
        last += bits.signed_number(length);
        if (std::abs(last) > 1 << 20) throw ci::failure("are damaged: their JPEG coefficients grow without end");
        found[0] = static_cast<double>(last) * steps[0];
        for (int k = 1; k < 64; ++k) {
            const int code = ac.next(bits), zeros = code >> 4, size = code & 15;
            if (size == 0 && zeros != 15) break;  // the end of the block
            k += zeros;
            if (k > 63) throw ci::failure("are damaged: a JPEG block has more than 64 coefficients");
            const auto place = static_cast<std::size_t>(k);
            found[zigzag[place]] = static_cast<double>(bits.signed_number(size)) * steps[place];
        }
        return found;
    }
    void restart(std::uint32_t number) {
        bits.expect_restart(number);
        last = 0;
    }
    void finish() { bits.expect_end(); }

private:
    ci::jpeg_bits bits;
    const ci::jpeg_table dc, ac;
    const std::vector<std::uint16_t>& steps;
    int last = 0;
};

}  // namespace

std::vector<std::uint16_t> ci::read_jpeg_extended(const jpeg_head& head) {
    if (head.bits != 12 || head.first != 0 || head.last != 63 || head.high != 0 || head.low != 0)
        throw failure("are damaged: their JPEG scan is none of 12 bits and 64 coefficients");
    scan blocks(head);
    std::vector<std::uint16_t> samples(static_cast<std::size_t>(head.width) * static_cast<std::size_t>(head.height));
    std::uint32_t done = 0;
    for (int top = 0; top < head.height; top += side)
        for (int left = 0; left < head.width; left += side, ++done) {
            if (head.restart > 0 && done > 0 && done % head.restart == 0) blocks.restart(done / head.restart - 1);
            const block light = inverse(blocks.next());
            for (int y = 0; y < std::min(side, head.height - top); ++y)
                for (int x = 0; x < std::min(side, head.width - left); ++x)
                    samples[static_cast<std::size_t>(top + y) * static_cast<std::size_t>(head.width) +
                            static_cast<std::size_t>(left + x)] =
                        static_cast<std::uint16_t>(std::clamp(std::lround(light[y * side + x]) + 2048L, 0L, 4095L));
        }
    blocks.finish();
    return samples;
}
