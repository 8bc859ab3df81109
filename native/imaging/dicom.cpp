#include "dicom.h"

#include <algorithm>
#include <cstring>

#include <opencv2/imgcodecs.hpp>

#include "dicom_rle.h"
#include "dicom_set.h"
#include "dicom_tone.h"
#include "error.h"
#include "jpeg.h"
#include "jpeg_gray.h"

namespace {

constexpr std::uint32_t pixel_data = 0x7fe00010;
const std::string uid_root = "1.2.840.10008.1.2.";  // of transfer syntaxes (PS3.6, table A-1)

std::string quoted(const std::string& text) { return "'" + text + "'"; }

// How stored values lie in memory.
struct layout {
    int width, height, allocated, stored;
    bool has_sign;
    std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
    std::size_t bytes() const { return pixels() * (allocated / 8); }
};

// Refuses what is no single gray image before anything is decoded.
layout check_kind(const ci::dicom_set& set) {
    if (!set.has(pixel_data)) {
        if (set.has(0x7fe00008) || set.has(0x7fe00009))
            throw ci::failure("its DICOM pixels are floating-point numbers; gray values of 8 to 16 bits are read");
        throw ci::failure("the DICOM file holds no pixel data (SOP class " + quoted(set.text(0x00080016)) +
                          "): a report or another object without an image, or a file that lost its image");
    }
    const int samples = set.whole(0x00280002, 1);
    const std::string colors = set.text(0x00280004);
    if (samples != 1 || (colors != "MONOCHROME1" && colors != "MONOCHROME2"))
        throw ci::failure("the DICOM image is of " + quoted(colors) + " with " + std::to_string(samples) +
                          " samples a pixel; only gray ones (MONOCHROME1, MONOCHROME2) are read");
    const auto frames = set.numbers(0x00280008);
    if (!frames.empty() && frames[0] != 1)
        throw ci::failure("the DICOM file holds " + set.text(0x00280008) +
                          " frames; one is read: split it into a file per frame");
    if (!set.items(0x00283000).empty())
        throw ci::failure("the DICOM image has a Modality LUT sequence, which is not read; rescale slope and "
                          "intercept are");
    const layout found{set.whole(0x00280011, 0), set.whole(0x00280010, 0), set.whole(0x00280100, 0),
                       set.whole(0x00280101, 0), set.whole(0x00280103, 0) == 1};
    if ((found.allocated != 8 && found.allocated != 16) || found.stored < 8 || found.stored > found.allocated)
        throw ci::failure("the DICOM image has " + std::to_string(found.stored) + " bits stored in " +
                          std::to_string(found.allocated) + " allocated; 8 to 16 bits in 8 or 16 are read");
    if (const int high = set.whole(0x00280102, found.stored - 1); high != found.stored - 1)
        throw ci::failure("the DICOM image's high bit is " + std::to_string(high) + " where " +
                          std::to_string(found.stored) + " bits are stored; expected is " +
                          std::to_string(found.stored - 1));
    if (found.width < 1 || found.height < 1)
        throw ci::failure("the DICOM image has " + std::to_string(found.width) + " columns and " +
                          std::to_string(found.height) + " rows");
    ci::check_size(found.width, found.height);
    return found;
}

// Decoders fill what a cut stream lacks with gray. JPEG, JPEG-LS and JPEG 2000 all end with FF D9.
void check_end(const std::vector<ci::dicom_bytes>& fragments) {
    ci::dicom_bytes last = fragments.back();
    while (last.size > 0 && last.data[last.size - 1] == 0) --last.size;
    if (last.size < 2 || last.data[last.size - 2] != 0xff || last.data[last.size - 1] != 0xd9)
        throw ci::failure("are truncated: they do not come to an end");
}

std::vector<std::uint8_t> joined(const std::vector<ci::dicom_bytes>& fragments) {
    std::vector<std::uint8_t> all;
    for (const auto& piece : fragments) all.insert(all.end(), piece.data, piece.data + piece.size);
    return all;
}

// Samples of one kind into bytes of this machine's order, as the file's plain pixels would lie there.
template <typename Sample>
std::vector<std::uint8_t> laid_out(const Sample* samples, const layout& is) {
    std::vector<std::uint8_t> raw(is.bytes());
    if (is.allocated == 8)
        std::copy(samples, samples + is.pixels(), raw.begin());
    else
        for (std::size_t i = 0; i < is.pixels(); ++i) {
            raw[2 * i] = static_cast<std::uint8_t>(samples[i] & 255);
            raw[2 * i + 1] = static_cast<std::uint8_t>(samples[i] >> 8);
        }
    return raw;
}

// By OpenCV or libjpeg-turbo.
std::vector<std::uint8_t> of_picture(const cv::Mat& gray, const layout& is) {
    if (gray.empty()) throw ci::failure("are damaged, or compressed in a way that is not read");
    if (gray.channels() != 1 || gray.cols != is.width || gray.rows != is.height || is.has_sign ||
        gray.elemSize() > static_cast<std::size_t>(is.allocated / 8))
        throw ci::failure("are of another size or kind than the file says");
    return gray.depth() == CV_8U ? laid_out(gray.ptr<std::uint8_t>(), is) : laid_out(gray.ptr<std::uint16_t>(), is);
}

// The stream's own head says which process it is of: files name the wrong one.
std::vector<std::uint8_t> by_jpeg(const std::vector<std::uint8_t>& stream, const layout& is) {
    const ci::jpeg_head head = ci::jpeg_head::of(stream);
    if (head.width != is.width || head.height != is.height || head.components != 1 || head.bits > is.allocated)
        throw ci::failure("are of another size or kind than the file says: " + std::to_string(head.width) + " x " +
                          std::to_string(head.height) + " pixels of " + std::to_string(head.components) +
                          " samples of " + std::to_string(head.bits) + " bits");
    if (head.frame == 0xc3) return laid_out(ci::read_jpeg_lossless(head).data(), is);
    if (head.frame == 0xf7) return laid_out(ci::read_jpeg_ls(head, stream).data(), is);
    if (head.frame == 0xc1 && head.bits == 12) return laid_out(ci::read_jpeg_extended(head).data(), is);
    if (head.bits == 8) return of_picture(ci::read_jpeg(stream.data(), stream.size()), is);
    throw ci::failure("are compressed in a way that is not read: JPEG of " + std::to_string(head.bits) +
                      " bits whose frame marker is " + std::to_string(head.frame));
}

// Only a codestream may go on: OpenCV tells by content which of its twenty decoders it takes. What it claims to hold is
// held against the file first (ITU-T T.800, A.5.1): a few bytes would ask for gigabytes.
std::vector<std::uint8_t> by_jpeg_2000(const std::vector<std::uint8_t>& stream, const layout& is) {
    static const std::uint8_t code[] = {0xff, 0x4f, 0xff, 0x51};
    const auto begin = std::search(stream.begin(), stream.end(), std::begin(code), std::end(code));
    if (stream.end() - begin < 42) throw ci::failure("are damaged: no JPEG 2000 stream begins there");
    const auto four = [&](int at) {
        return std::int64_t{begin[at]} << 24 | begin[at + 1] << 16 | begin[at + 2] << 8 | begin[at + 3];
    };
    const std::int64_t width = four(8) - four(16), height = four(12) - four(20), samples = begin[40] << 8 | begin[41];
    if (width != is.width || height != is.height || samples != 1)
        throw ci::failure("are of another size or kind than the file says: " + std::to_string(width) + " x " +
                          std::to_string(height) + " pixels of " + std::to_string(samples) + " samples");
    const cv::Mat bytes(1, static_cast<int>(stream.size()), CV_8UC1, const_cast<std::uint8_t*>(stream.data()));
    return of_picture(cv::imdecode(bytes, cv::IMREAD_UNCHANGED), is);
}

// Compressed pixels in this machine's order of bytes.
std::vector<std::uint8_t> decompressed(const ci::dicom_set& set, const layout& is) {
    const std::string& syntax = set.transfer_syntax();
    const auto is_any = [&](std::initializer_list<const char*> ends) {
        return std::any_of(ends.begin(), ends.end(), [&](const char* e) { return syntax == uid_root + e; });
    };
    const auto stream = joined(set.fragments());
    try {
        if (is_any({"5"})) return ci::read_rle({stream.data(), stream.size()}, is.pixels(), is.allocated / 8);
        check_end(set.fragments());
        if (is_any({"4.50", "4.51", "4.57", "4.70", "4.80", "4.81"})) return by_jpeg(stream, is);
        if (is_any({"4.90", "4.91"})) return by_jpeg_2000(stream, is);
        throw ci::failure("are compressed in a way that is not read");
    } catch (const ci::failure& cause) {
        throw ci::failure("its DICOM pixels " + cause.text + " (transfer syntax " + quoted(syntax) + ")");
    }
}

// Stored values, sign included; bits above those stored may hold overlays and are cut off.
std::vector<std::int32_t> values_of(const std::uint8_t* raw, const layout& is, bool big_endian) {
    const std::int32_t mask = (1 << is.stored) - 1, sign = 1 << (is.stored - 1);
    std::vector<std::int32_t> values(is.pixels());
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::int32_t value = is.allocated == 8 ? raw[i]
                             : big_endian      ? raw[2 * i] << 8 | raw[2 * i + 1]
                                               : raw[2 * i + 1] << 8 | raw[2 * i];
        value &= mask;
        values[i] = is.has_sign && (value & sign) ? value - 2 * sign : value;
    }
    return values;
}

}  // namespace

namespace ci {

bool is_dicom(const std::uint8_t* data, std::size_t size) {
    return size >= 132 && std::memcmp(data + 128, "DICM", 4) == 0;
}

cv::Mat read_dicom(const std::uint8_t* data, std::size_t size) {
    const dicom_set set = dicom_set::of_file(data, size);
    const layout is = check_kind(set);
    const cv::Size sides(is.width, is.height);
    if (!set.fragments().empty()) return shown(values_of(decompressed(set, is).data(), is, false), set, sides);
    const dicom_bytes plain = set.bytes(pixel_data);
    if (plain.size < is.bytes())
        throw failure("the DICOM file is truncated: " + std::to_string(plain.size) + " of " +
                      std::to_string(is.bytes()) + " bytes of pixels");
    return shown(values_of(plain.data, is, set.big_endian()), set, sides);
}

}  // namespace ci
