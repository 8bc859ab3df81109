#include <cstring>
#include <memory>

#include <zlib.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dicom.h"
#include "jpeg.h"
#include "tiff.h"
#include "view.h"

struct ci_decoded {
    cv::Mat pixels;      // 1 channel, RGB, or RGBA
    bool premultiplied;  // color was already scaled by alpha
    bool transparent;    // some pixel is not opaque
};

namespace {

enum class kind { png, jpeg, tiff, bmp, dicom };

bool starts(const std::uint8_t* data, std::size_t size, const char* magic, std::size_t length) {
    return size >= length && std::memcmp(data, magic, length) == 0;
}

kind recognize(const std::uint8_t* data, std::size_t size) {
    if (size == 0) throw ci::failure("the file is empty");
    if (ci::is_jpeg(data, size)) return kind::jpeg;
    if (ci::is_tiff(data, size)) return kind::tiff;
    if (starts(data, size, "\x89PNG\r\n\x1a\n", 8)) return kind::png;
    if (starts(data, size, "BM", 2)) return kind::bmp;
    if (ci::is_dicom(data, size)) return kind::dicom;
    throw ci::failure("its content is none of PNG, JPEG, TIFF, BMP, DICOM");
}

std::uint32_t big_endian(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

// Every chunk whole, up to the end chunk: libpng itself prints its complaints to the terminal.
void check_png(const std::uint8_t* data, std::size_t size) {
    for (std::size_t at = 8; at + 12 <= size;) {
        const std::size_t length = big_endian(data + at);
        if (length > size - at - 12) break;
        const auto sum = crc32(crc32(0, nullptr, 0), data + at + 4, static_cast<uInt>(length + 4));
        if (sum != big_endian(data + at + 8 + length))
            throw ci::failure("the PNG chunk at byte " + std::to_string(at) + " is damaged: its checksum differs");
        if (at == 8 && (length != 13 || std::memcmp(data + 12, "IHDR", 4) != 0))
            throw ci::failure("the file is damaged: its first PNG chunk is no header of 13 bytes");
        if (at == 8) ci::check_size(big_endian(data + 16), big_endian(data + 20));
        if (std::memcmp(data + at + 4, "IEND", 4) == 0) return;
        at += length + 12;
    }
    throw ci::failure("the file is truncated: its last PNG chunk is missing or cut");
}

template <typename Number>
Number little_endian(const std::uint8_t* at) {
    Number number;
    std::memcpy(&number, at, sizeof number);
    return number;
}

void check_bmp(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t headers = 14 + 40;
    if (size < headers) throw ci::failure("the file is truncated within its BMP header");
    if (little_endian<std::uint32_t>(data + 14) < 40) return;  // OS/2's older header
    const auto width = static_cast<std::int64_t>(little_endian<std::int32_t>(data + 18));
    const auto height = std::abs(static_cast<std::int64_t>(little_endian<std::int32_t>(data + 22)));
    ci::check_size(width, height);
    const auto bits = little_endian<std::uint16_t>(data + 28);
    const auto compression = little_endian<std::uint32_t>(data + 30);
    const std::int64_t start = little_endian<std::uint32_t>(data + 10);
    const std::int64_t needed = start + (width * bits + 31) / 32 * 4 * height;
    const bool uncompressed = compression == 0 || compression == 3;
    if (uncompressed && needed > static_cast<std::int64_t>(size))
        throw ci::failure("the file is truncated: " + std::to_string(size) + " of " + std::to_string(needed) +
                          " bytes");
}

cv::Mat read_with_opencv(const std::uint8_t* data, std::size_t size) {
    const cv::Mat bytes(1, static_cast<int>(size), CV_8UC1, const_cast<std::uint8_t*>(data));
    cv::Mat pixels = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    if (pixels.empty()) throw ci::failure("the file is damaged or truncated, or of a variant that is not read");
    if (pixels.channels() == 3) cv::cvtColor(pixels, pixels, cv::COLOR_BGR2RGB);
    if (pixels.channels() == 4) cv::cvtColor(pixels, pixels, cv::COLOR_BGRA2RGBA);
    return pixels;
}

cv::Mat read(kind format, const std::uint8_t* data, std::size_t size) {
    if (format == kind::jpeg) return ci::read_jpeg(data, size);
    if (format == kind::tiff) return ci::read_tiff(data, size);
    if (format == kind::dicom) return ci::read_dicom(data, size);
    if (format == kind::png) check_png(data, size);
    if (format == kind::bmp) check_bmp(data, size);
    return read_with_opencv(data, size);
}

template <typename Sample>
void onto_white(const cv::Mat& rgba, cv::Mat& rgb, bool premultiplied) {
    constexpr std::uint32_t full = std::numeric_limits<Sample>::max();
    for (int y = 0; y < rgba.rows; ++y) {
        const Sample* from = rgba.ptr<Sample>(y);
        Sample* to = rgb.ptr<Sample>(y);
        for (int x = 0; x < rgba.cols; ++x, from += 4, to += 3) {
            const std::uint32_t alpha = from[3];
            for (int c = 0; c < 3; ++c) {
                const std::uint64_t lit = std::uint64_t{from[c]} * (premultiplied ? full : alpha);
                const std::uint64_t sum = lit + std::uint64_t{full} * (full - alpha) + full / 2;
                to[c] = static_cast<Sample>(std::min<std::uint64_t>(sum / full, full));
            }
        }
    }
}

cv::Mat without_alpha(const ci_decoded& decoded) {
    if (decoded.pixels.channels() != 4) return decoded.pixels;
    cv::Mat rgb(decoded.pixels.size(), CV_MAKETYPE(decoded.pixels.depth(), 3));
    if (rgb.depth() == CV_8U)
        onto_white<std::uint8_t>(decoded.pixels, rgb, decoded.premultiplied);
    else
        onto_white<std::uint16_t>(decoded.pixels, rgb, decoded.premultiplied);
    return rgb;
}

bool is_transparent(const cv::Mat& pixels) {
    if (pixels.channels() != 4) return false;
    cv::Mat alpha;
    cv::extractChannel(pixels, alpha, 3);
    double least = 0;
    cv::minMaxLoc(alpha, &least);
    return least < (pixels.depth() == CV_8U ? 255 : 65535);
}

cv::Mat with_depth(const cv::Mat& pixels, int depth) {
    if (pixels.depth() == depth) return pixels;
    cv::Mat result(pixels.size(), CV_MAKETYPE(depth, pixels.channels()));
    const int samples = pixels.cols * pixels.channels();
    for (int y = 0; y < pixels.rows; ++y) {
        if (depth == CV_8U) {
            const auto* from = pixels.ptr<std::uint16_t>(y);
            auto* to = result.ptr<std::uint8_t>(y);
            for (int i = 0; i < samples; ++i) to[i] = static_cast<std::uint8_t>((from[i] + 128) / 257);
        } else {
            const auto* from = pixels.ptr<std::uint8_t>(y);
            auto* to = result.ptr<std::uint16_t>(y);
            for (int i = 0; i < samples; ++i) to[i] = static_cast<std::uint16_t>(from[i] * 257);
        }
    }
    return result;
}

}  // namespace

CI_EXPORT int ci_decode_open(const std::uint8_t* data, std::size_t size, ci_image* info, ci_decoded** out) {
    return ci::guarded([&] {
        if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            throw ci::failure("the file is larger than 2 GiB");
        const kind format = recognize(data, size);
        auto decoded = std::make_unique<ci_decoded>();
        decoded->pixels = read(format, data, size);
        if (decoded->pixels.depth() != CV_8U && decoded->pixels.depth() != CV_16U)
            throw ci::failure("its samples are neither 8 nor 16 bits wide");
        decoded->premultiplied = format == kind::tiff;
        decoded->transparent = is_transparent(decoded->pixels);

        constexpr std::uint8_t gray_alpha = 4;
        if (format == kind::png && data[25] == gray_alpha && decoded->pixels.channels() == 4)
            cv::extractChannel(without_alpha(*decoded), decoded->pixels, 0);

        info->pixels = nullptr;
        info->stride = 0;
        info->width = decoded->pixels.cols;
        info->height = decoded->pixels.rows;
        info->channels = decoded->pixels.channels();
        info->depth = decoded->pixels.depth() == CV_8U ? 8 : 16;
        *out = decoded.release();
    });
}

CI_EXPORT int ci_decode_copy(const ci_decoded* decoded, const ci_image* target) {
    return ci::guarded([&] {
        cv::Mat into = ci::view(*target);
        cv::Mat pixels = with_depth(without_alpha(*decoded), into.depth());
        if (pixels.channels() == 1 && into.channels() == 3) cv::cvtColor(pixels, pixels, cv::COLOR_GRAY2RGB);
        if (pixels.channels() == 3 && into.channels() == 1) cv::cvtColor(pixels, pixels, cv::COLOR_RGB2GRAY);
        ci::deliver(pixels, into);
    });
}

CI_EXPORT int ci_decode_transparent(const ci_decoded* decoded) { return decoded->transparent ? 1 : 0; }

CI_EXPORT void ci_decode_close(ci_decoded* decoded) { delete decoded; }
