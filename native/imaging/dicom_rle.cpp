#include "dicom_rle.h"

#include <algorithm>
#include <string>

#include "error.h"

namespace {

constexpr std::size_t head = 64, most_segments = 15;

std::uint32_t little_endian(const std::uint8_t* at) {
    return std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 | at[0];
}

// PackBits: one plane of bytes, `apart` bytes from one to the next. What pads the segment to an even length is left.
void unpack(ci::dicom_bytes from, std::uint8_t* to, std::size_t count, std::size_t apart) {
    std::size_t at = 0, done = 0;
    while (done < count) {
        if (at >= from.size) throw ci::failure("are damaged: a run-length segment ends before its pixels do");
        const std::uint8_t code = from.data[at++];
        if (code == 128) continue;
        const bool run = code > 128;
        const std::size_t length = run ? 257u - code : code + 1u, taken = run ? 1 : length;
        if (length > count - done) throw ci::failure("are damaged: a run reaches beyond the last pixel");
        if (taken > from.size - at) throw ci::failure("are damaged: a run-length segment ends within a run");
        for (std::size_t i = 0; i < length; ++i) to[(done + i) * apart] = from.data[run ? at : at + i];
        at += taken;
        done += length;
    }
}

}  // namespace

std::vector<std::uint8_t> ci::read_rle(dicom_bytes frame, std::size_t pixels, int planes) {
    if (frame.size < head) throw failure("are damaged: their run-length head is cut");
    const std::size_t segments = little_endian(frame.data), wanted = static_cast<std::size_t>(planes);
    static_assert(head == 4 + 4 * most_segments);
    if (segments != wanted)
        throw failure("are damaged: they claim " + std::to_string(segments) + " run-length segments, expected is " +
                      std::to_string(wanted));
    std::vector<std::uint8_t> samples(pixels * wanted);
    for (std::size_t i = 0; i < segments; ++i) {
        const std::size_t begin = little_endian(frame.data + 4 + 4 * i);
        const std::size_t end = i + 1 < segments ? little_endian(frame.data + 8 + 4 * i) : frame.size;
        if (begin < head || end < begin || end > frame.size)
            throw failure("are damaged: run-length segment " + std::to_string(i + 1) + " spans bytes " +
                          std::to_string(begin) + " to " + std::to_string(end) + " of " + std::to_string(frame.size));
        // The highest byte comes first (G.2).
        unpack({frame.data + begin, end - begin}, samples.data() + (wanted - 1 - i), pixels, wanted);
    }
    return samples;
}
