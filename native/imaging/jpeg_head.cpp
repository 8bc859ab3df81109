#include "jpeg_head.h"

#include <string>

#include "error.h"

namespace {

[[noreturn]] void damaged(const std::string& what) { throw ci::failure("are damaged: " + what); }

// One segment, read from its start; asking for more than it holds is a failure.
class segment {
public:
    segment(const std::uint8_t* at, std::size_t size) : at(at), left(size) {}
    std::size_t size() const { return left; }
    int one() {
        if (left < 1) damaged("a JPEG segment is shorter than what it holds");
        --left;
        return *at++;
    }
    int two() {
        const int high = one();
        return high << 8 | one();
    }

private:
    const std::uint8_t* at;
    std::size_t left;
};

bool is_frame(int marker) {
    return marker == 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc);
}

void read_codes(ci::jpeg_head& head, segment part) {
    while (part.size() > 0) {
        const int which = part.one(), kind = which >> 4, place = which & 15;
        if (kind > 1 || place > 3) damaged("a Huffman table has the number " + std::to_string(which));
        ci::jpeg_codes& codes = (kind == 0 ? head.dc : head.ac)[static_cast<std::size_t>(place)];
        codes = {};
        int all = 0, room = 1;
        for (auto& count : codes.counts) {
            count = static_cast<std::uint8_t>(part.one());
            all += count;
            room = 2 * room - count;  // codes that are left free at this length
            if (room < 0) damaged("a Huffman table has more codes than their lengths allow");
        }
        if (all > 256) damaged("a Huffman table has " + std::to_string(all) + " codes; at most 256 are possible");
        for (int i = 0; i < all; ++i) codes.values.push_back(static_cast<std::uint8_t>(part.one()));
    }
}

void read_quantization(ci::jpeg_head& head, segment part) {
    while (part.size() > 0) {
        const int which = part.one(), wide = which >> 4, place = which & 15;
        if (wide > 1 || place > 3) damaged("a quantization table has the number " + std::to_string(which));
        auto& table = head.quantization[static_cast<std::size_t>(place)];
        table.clear();
        for (int i = 0; i < 64; ++i) table.push_back(static_cast<std::uint16_t>(wide ? part.two() : part.one()));
    }
}

void read_frame(ci::jpeg_head& head, int marker, segment part) {
    if (head.frame != 0) damaged("they hold a second JPEG frame");
    head.frame = marker;
    head.bits = part.one();
    head.height = part.two();
    head.width = part.two();
    head.components = part.one();
    if (head.components != 1) return;  // refused by whoever asked for gray
    part.one();
    part.one();
    head.quantization_used = part.one() & 3;
    if (part.size() != 0) damaged("their JPEG frame head is too long");
}

void read_scan(ci::jpeg_head& head, segment part) {
    if (head.frame == 0) damaged("their JPEG scan begins before its frame");
    if (head.components != 1) return;
    if (part.one() != 1) damaged("their JPEG scan has another number of components than its frame");
    part.one();
    const int tables = part.one();
    head.dc_used = tables >> 4 & 3;
    head.ac_used = tables & 3;
    head.first = part.one();
    head.last = part.one();
    const int bits = part.one();
    head.high = bits >> 4;
    head.low = bits & 15;
    if (part.size() != 0) damaged("their JPEG scan head is too long");
}

}  // namespace

ci::jpeg_head ci::jpeg_head::of(const std::vector<std::uint8_t>& stream) {
    jpeg_head head;
    const std::uint8_t *at = stream.data(), *const end = at + stream.size();
    if (stream.size() < 4 || at[0] != 0xff || at[1] != 0xd8) damaged("no JPEG stream begins there");
    for (at += 2; end - at >= 4;) {
        if (*at != 0xff) damaged("a JPEG marker is missing in their head");
        if (at[1] == 0xff) {  // a fill byte
            ++at;
            continue;
        }
        const int marker = at[1], length = at[2] << 8 | at[3];
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || length < 2 || length > end - at - 2)
            damaged("a JPEG segment of their head is cut, or none");
        const segment part(at + 4, static_cast<std::size_t>(length - 2));
        if (is_frame(marker)) read_frame(head, marker, part);
        if (marker == 0xc4) read_codes(head, part);
        if (marker == 0xdb) read_quantization(head, part);
        if (marker == 0xdd) head.restart = static_cast<std::uint32_t>(segment(part).two());
        at += 2 + length;
        if (marker != 0xda) continue;
        read_scan(head, part);
        head.scan = at;
        head.end = end;
        return head;
    }
    damaged("their JPEG head has no end");
}
