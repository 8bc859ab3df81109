// The bits of a JPEG scan (ITU-T T.81, F.2.2), and what they stand for. Bits that are not there are a failure.
#pragma once

#include <cstdint>
#include <vector>

#include "error.h"
#include "jpeg_head.h"

namespace ci {

class jpeg_bits {
public:
    jpeg_bits(const std::uint8_t* at, const std::uint8_t* end) : at(at), end(end) {}

    // The next 16 bits; zeros stand behind the last.
    std::uint32_t peek() {
        if (have < 16) fill();
        return static_cast<std::uint32_t>(bits >> 48);
    }
    void skip(int count) {
        if (count > have) throw failure("are damaged: their JPEG scan ends before its pixels do");
        bits <<= count;
        have -= count;
    }
    // A number of so many bits, its sign as in F.2.2.1; 0 to 15 bits.
    int signed_number(int count) {
        if (count == 0) return 0;
        const int value = static_cast<int>(peek() >> (16 - count));
        skip(count);
        return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    }
    void expect_restart(std::uint32_t number) { expect(0xd0 | static_cast<int>(number & 7), "a restart marker"); }
    void expect_end() { expect(0xd9, "their end marker"); }

private:
    void fill() {
        while (have <= 48 && at < end) {
            if (*at == 0xff && (end - at < 2 || at[1] != 0)) return;  // a marker
            bits |= std::uint64_t{*at} << (56 - have);
            at += *at == 0xff ? 2 : 1;
            have += 8;
        }
    }
    void expect(int marker, const char* what) {
        fill();  // what is left pads the last byte
        while (end - at >= 2 && *at == 0xff && at[1] == 0xff) ++at;
        if (have >= 8 || end - at < 2 || *at != 0xff || at[1] != marker)
            throw failure("are damaged: " + std::string(what) + " is not where it has to be");
        at += 2;
        bits = 0;
        have = 0;
    }

    const std::uint8_t *at, *end;
    std::uint64_t bits = 0;  // from the highest on
    int have = 0;
};

// Looks a code up by the 16 bits that it begins.
class jpeg_table {
public:
    explicit jpeg_table(const jpeg_codes& codes) : found(1 << 16) {
        if (codes.values.empty()) throw failure("are damaged: a Huffman table is missing");
        std::size_t at = 0, value = 0;
        for (int length = 1; length <= 16; ++length)
            for (int i = 0; i < codes.counts[static_cast<std::size_t>(length - 1)]; ++i, ++value)
                for (std::size_t n = 0; n < std::size_t{1} << (16 - length); ++n)
                    // jpeg_head refused tables of more codes than there is room for
                    found.at(at++) = static_cast<std::uint16_t>(length << 8 | codes.values.at(value));
    }
    int next(jpeg_bits& bits) const {
        const std::uint16_t entry = found[bits.peek()];
        if (entry == 0) throw failure("are damaged: their JPEG scan holds a code that has no meaning");
        bits.skip(entry >> 8);
        return entry & 255;
    }

private:
    std::vector<std::uint16_t> found;
};

}  // namespace ci
