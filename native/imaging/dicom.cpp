#include "dicom.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <opencv2/imgcodecs.hpp>

#include "dicom_set.h"
#include "dicom_tone.h"
#include "error.h"
#include "jpeg.h"

namespace {

constexpr std::uint32_t pixel_data = 0x7fe00010;

std::string quoted(const std::string& text) { return "'" + text + "'"; }

// GDCM prints to the terminal what it makes of odd streams; errors are told by ours.
void silence() {
    static std::once_flag once;
    std::call_once(once, [] {
        gdcm::Trace::DebugOff();
        gdcm::Trace::WarningOff();
        gdcm::Trace::ErrorOff();
    });
}

// How stored values lie in memory.
struct layout {
    int width, height, allocated, stored;
    bool has_sign;
    std::size_t bytes() const { return static_cast<std::size_t>(width) * height * (allocated / 8); }
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
        throw ci::failure("the DICOM file is truncated: its compressed pixels do not come to an end");
}

std::vector<std::uint8_t> joined(const std::vector<ci::dicom_bytes>& fragments) {
    std::vector<std::uint8_t> all;
    for (const auto& piece : fragments) all.insert(all.end(), piece.data, piece.data + piece.size);
    return all;
}

ci::failure undecoded(const ci::dicom_set& set, const std::string& what) {
    return ci::failure("its DICOM pixels " + what + " (transfer syntax " + quoted(set.transfer_syntax()) + ")");
}

// Goes through the markers of a JPEG or JPEG-LS stream up to its scan: GDCM's decoders abort or crash on heads that do
// not fit the file.
bool head_fits(const std::vector<std::uint8_t>& stream, const layout& is) {
    const auto two = [&](std::size_t at) { return stream[at] << 8 | stream[at + 1]; };
    if (stream.size() < 4 || two(0) != 0xffd8) return false;
    bool framed = false;
    for (std::size_t at = 2; at + 4 <= stream.size();) {
        const int marker = two(at), length = two(at + 2);
        if (marker < 0xffc0 || length < 2 || at + 2 + length > stream.size()) return false;
        const bool frame =
            (marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc) ||
            marker == 0xfff7;
        if (frame) {
            if (framed || length < 11 || two(at + 5) != is.height || two(at + 7) != is.width) return false;
            const int bits = stream[at + 4];
            if (bits > is.allocated || bits < 2 || stream[at + 9] != 1) return false;
            framed = true;
        }
        at += 2 + length;
        if (marker == 0xffda) return framed;
    }
    return false;
}

std::vector<std::uint8_t> by_gdcm(const ci::dicom_set& set, const layout& is, gdcm::TransferSyntax::TSType type) {
    silence();
    gdcm::SmartPointer<gdcm::SequenceOfFragments> pieces = new gdcm::SequenceOfFragments;
    for (const auto& piece : set.fragments()) {
        gdcm::Fragment fragment;
        fragment.SetByteValue(reinterpret_cast<const char*>(piece.data), static_cast<std::uint32_t>(piece.size));
        pieces->AddFragment(fragment);
    }
    gdcm::DataElement element(gdcm::Tag(0x7fe0, 0x0010));
    element.SetVR(gdcm::VR::OB);
    element.SetValue(*pieces);
    const unsigned int sides[2] = {static_cast<unsigned int>(is.width), static_cast<unsigned int>(is.height)};
    gdcm::Image image;
    image.SetNumberOfDimensions(2);
    image.SetDimensions(sides);
    image.SetPixelFormat(gdcm::PixelFormat(1, static_cast<unsigned short>(is.allocated),
                                           static_cast<unsigned short>(is.stored),
                                           static_cast<unsigned short>(is.stored - 1), is.has_sign));
    image.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
    image.SetTransferSyntax(type);
    image.SetDataElement(element);
    std::vector<std::uint8_t> raw(is.bytes());
    if (image.GetBufferLength() != raw.size() || !image.GetBuffer(reinterpret_cast<char*>(raw.data())))
        throw undecoded(set, "are damaged, or compressed in a way that is not read");
    return raw;
}

// By OpenCV or libjpeg-turbo: what they decode has 8 or 16 bits, and they tell of damage where GDCM crashes.
std::vector<std::uint8_t> by_picture(const ci::dicom_set& set, const layout& is, bool jpeg) {
    const auto stream = joined(set.fragments());
    const cv::Mat bytes(1, static_cast<int>(stream.size()), CV_8UC1, const_cast<std::uint8_t*>(stream.data()));
    cv::Mat gray = jpeg ? ci::read_jpeg(stream.data(), stream.size()) : cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    if (gray.empty()) throw undecoded(set, "are damaged, or compressed in a way that is not read");
    if (gray.channels() != 1 || gray.cols != is.width || gray.rows != is.height || is.has_sign ||
        gray.elemSize() > static_cast<std::size_t>(is.allocated / 8))
        throw undecoded(set, "are of another size or kind than the file says");
    if (is.allocated == 16) gray.convertTo(gray, CV_16U);
    std::vector<std::uint8_t> raw(is.bytes());
    std::memcpy(raw.data(), gray.data, raw.size());
    return raw;
}

// Compressed pixels in this machine's order of bytes.
std::vector<std::uint8_t> decompressed(const ci::dicom_set& set, const layout& is) {
    using syntax = gdcm::TransferSyntax;
    const auto& fragments = set.fragments();
    const auto type = syntax::GetTSType(set.transfer_syntax().c_str());
    if (type != syntax::RLELossless) check_end(fragments);
    switch (type) {
        case syntax::JPEGBaselineProcess1: return by_picture(set, is, true);
        case syntax::JPEG2000Lossless:
        case syntax::JPEG2000: return by_picture(set, is, false);
        case syntax::JPEGExtendedProcess2_4:
        case syntax::JPEGLosslessProcess14:
        case syntax::JPEGLosslessProcess14_1:
        case syntax::JPEGLSLossless:
        case syntax::JPEGLSNearLossless:
            if (!head_fits(joined(fragments), is))
                throw undecoded(set, "are damaged: their head does not fit the file's");
            return by_gdcm(set, is, type);
        case syntax::RLELossless: return by_gdcm(set, is, type);
        default: throw undecoded(set, "are compressed in a way that is not read");
    }
}

// Stored values, sign included; bits above those stored may hold overlays and are cut off.
std::vector<std::int32_t> values_of(const std::uint8_t* raw, const layout& is, bool big_endian) {
    const std::int32_t mask = (1 << is.stored) - 1, sign = 1 << (is.stored - 1);
    std::vector<std::int32_t> values(static_cast<std::size_t>(is.width) * is.height);
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
