#include "tiff.h"

#include <cstdarg>
#include <cstring>
#include <memory>

#include <tiffio.h>

#include "error.h"

namespace {

thread_local std::string complaint;

void remember_first(const char* module, const char* format, std::va_list arguments) {
    char text[512];
    std::vsnprintf(text, sizeof text, format, arguments);
    if (!complaint.empty()) return;
    complaint = module != nullptr && *module != 0 ? std::string(module) + ": " + text : text;
}

void on_error(thandle_t, const char* module, const char* format, std::va_list arguments) {
    remember_first(module, format, arguments);
}

// Unknown tags are harmless warnings. Those of the codecs are not: libtiff goes on with invented pixels.
void on_warning(thandle_t, const char* module, const char* format, std::va_list arguments) {
    static const char* const codecs[] = {"JPEG", "LZW", "Fax", "ZIP", "PackBits"};
    for (const char* codec : codecs)
        if (module != nullptr && std::strncmp(module, codec, std::strlen(codec)) == 0)
            remember_first(module, format, arguments);
}

const bool listening = [] {
    TIFFSetErrorHandler(nullptr);
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandlerExt(on_error);
    TIFFSetWarningHandlerExt(on_warning);
    return true;
}();

struct memory {
    const std::uint8_t* data;
    toff_t size, at;
};

tmsize_t read(thandle_t handle, void* to, tmsize_t wanted) {
    auto& file = *static_cast<memory*>(handle);
    const toff_t left = file.at < file.size ? file.size - file.at : 0;
    const tmsize_t given = std::min<tmsize_t>(wanted, static_cast<tmsize_t>(left));
    if (given <= 0) return 0;
    std::memcpy(to, file.data + file.at, static_cast<std::size_t>(given));
    file.at += static_cast<toff_t>(given);
    return given;
}

tmsize_t refuse_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int from) {
    auto& file = *static_cast<memory*>(handle);
    file.at = offset + (from == SEEK_CUR ? file.at : from == SEEK_END ? file.size : 0);
    return file.at;
}

int keep_open(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return static_cast<memory*>(handle)->size; }

struct page {
    std::uint32_t width = 0, height = 0;
    std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, planes = PLANARCONFIG_CONTIG, colors = 0;
    std::uint16_t extras = 0, orientation = ORIENTATION_TOPLEFT;
    bool premultiplied = false;

    explicit page(TIFF* file) {
        TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &width);
        TIFFGetField(file, TIFFTAG_IMAGELENGTH, &height);
        TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &format);
        TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &planes);
        TIFFGetFieldDefaulted(file, TIFFTAG_ORIENTATION, &orientation);
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &colors);
        std::uint16_t* kinds = nullptr;
        if (TIFFGetField(file, TIFFTAG_EXTRASAMPLES, &extras, &kinds) && extras > 0)
            premultiplied = kinds[0] == EXTRASAMPLE_ASSOCALPHA;
    }
    bool gray() const { return colors == PHOTOMETRIC_MINISBLACK || colors == PHOTOMETRIC_MINISWHITE; }
};

// Up to 8 bits: libtiff's own conversion knows every layout and color model; it scales color by alpha.
cv::Mat read_rgba(TIFF* file, const page& is) {
    cv::Mat rgba(static_cast<int>(is.height), static_cast<int>(is.width), CV_8UC4);
    // Asking for the orientation that is stored leaves the pixels as they are stored.
    if (!TIFFReadRGBAImageOriented(file, is.width, is.height, rgba.ptr<std::uint32_t>(), is.orientation, 1))
        throw ci::failure(complaint.empty() ? "the TIFF page cannot be decoded" : complaint);
    if (is.extras > 0) return rgba;
    const int channels = is.gray() ? 1 : 3;
    cv::Mat pixels(rgba.size(), CV_MAKETYPE(CV_8U, channels));
    const int pairs[] = {0, 0, 1, 1, 2, 2};
    cv::mixChannels(&rgba, 1, &pixels, 1, pairs, static_cast<std::size_t>(channels));
    return pixels;
}

// One strip or tile of 16-bit samples into its place; what a tile holds beyond the edge is left out.
void place(const std::vector<std::uint16_t>& block, int block_width, cv::Mat& into, int x, int y, int rows) {
    const int samples = into.channels(), width = std::min(block_width, into.cols - x);
    for (int row = 0; row < std::min(rows, into.rows - y); ++row)
        std::memcpy(into.ptr<std::uint16_t>(y + row) + x * samples,
                    block.data() + static_cast<std::size_t>(row) * block_width * samples,
                    static_cast<std::size_t>(width) * samples * sizeof(std::uint16_t));
}

// Room for a strip or a tile: what libtiff will write into it is what `place` will read from it.
std::vector<std::uint16_t> block_of(tmsize_t bytes, std::uint32_t side_x, std::uint32_t side_y, int samples) {
    ci::check_size(side_x, side_y);
    const std::size_t wanted = std::size_t{side_x} * side_y * static_cast<std::size_t>(samples);
    if (bytes < 1 || static_cast<std::size_t>(bytes) != wanted * sizeof(std::uint16_t))
        throw ci::failure("its TIFF strips or tiles of " + std::to_string(side_x) + " x " + std::to_string(side_y) +
                          " pixels take " + std::to_string(bytes) + " bytes, expected is " +
                          std::to_string(wanted * sizeof(std::uint16_t)));
    return std::vector<std::uint16_t>(wanted);
}

void check_read(tmsize_t read, std::size_t wanted) {
    if (read < 0 || !complaint.empty())
        throw ci::failure(complaint.empty() ? "the TIFF page cannot be decoded" : complaint);
    if (static_cast<std::size_t>(read) < wanted)
        throw ci::failure("a TIFF strip or tile holds " + std::to_string(read) + " of " + std::to_string(wanted) +
                          " bytes");
}

cv::Mat read_16_bit(TIFF* file, const page& is) {
    const bool known = is.gray() || is.colors == PHOTOMETRIC_RGB;
    const int wanted = (is.gray() ? 1 : 3) + is.extras;
    if (!known || is.planes != PLANARCONFIG_CONTIG || is.samples != wanted || is.extras > 1)
        throw ci::failure("a 16-bit TIFF is read as interleaved gray or RGB, with at most one alpha channel");
    cv::Mat pixels(static_cast<int>(is.height), static_cast<int>(is.width), CV_MAKETYPE(CV_16U, is.samples));
    const int width = pixels.cols, height = pixels.rows;
    std::uint32_t side_x = is.width, side_y = is.height;
    if (TIFFIsTiled(file)) {
        TIFFGetField(file, TIFFTAG_TILEWIDTH, &side_x);
        TIFFGetField(file, TIFFTAG_TILELENGTH, &side_y);
        auto tile = block_of(TIFFTileSize(file), side_x, side_y, is.samples);
        for (std::uint32_t y = 0; y < is.height; y += side_y)
            for (std::uint32_t x = 0; x < is.width; x += side_x) {
                check_read(TIFFReadTile(file, tile.data(), x, y, 0, 0), tile.size() * sizeof(std::uint16_t));
                place(tile, static_cast<int>(side_x), pixels, static_cast<int>(x), static_cast<int>(y),
                      static_cast<int>(side_y));
            }
    } else {
        TIFFGetFieldDefaulted(file, TIFFTAG_ROWSPERSTRIP, &side_y);
        side_y = std::min(side_y, is.height);
        auto strip = block_of(TIFFStripSize(file), is.width, side_y, is.samples);
        for (int y = 0; y < height; y += static_cast<int>(side_y)) {
            const std::uint32_t number = TIFFComputeStrip(file, static_cast<std::uint32_t>(y), 0);
            const auto rows = static_cast<std::size_t>(std::min(static_cast<int>(side_y), height - y));
            check_read(TIFFReadEncodedStrip(file, number, strip.data(), -1),
                       rows * is.width * is.samples * sizeof(std::uint16_t));
            place(strip, width, pixels, 0, y, static_cast<int>(side_y));
        }
    }
    if (is.colors == PHOTOMETRIC_MINISWHITE) cv::bitwise_not(pixels, pixels);
    return pixels;
}

// [gray or RGB + alpha] of 16 bits to RGBA with color scaled by alpha, as libtiff gives for 8 bits.
cv::Mat scaled_by_alpha(const cv::Mat& pixels, bool premultiplied) {
    const int colors = pixels.channels() - 1;
    cv::Mat rgba(pixels.size(), CV_16UC4);
    for (int y = 0; y < pixels.rows; ++y) {
        const auto* from = pixels.ptr<std::uint16_t>(y);
        auto* to = rgba.ptr<std::uint16_t>(y);
        for (int x = 0; x < pixels.cols; ++x, from += colors + 1, to += 4) {
            const std::uint64_t alpha = from[colors];
            for (int c = 0; c < 3; ++c) {
                const std::uint64_t color = from[colors == 3 ? c : 0];
                to[c] = static_cast<std::uint16_t>(premultiplied ? color : (color * alpha + 32767) / 65535);
            }
            to[3] = static_cast<std::uint16_t>(alpha);
        }
    }
    return rgba;
}

}  // namespace

bool ci::is_tiff(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return false;
    for (const char* magic : {"II*\0", "MM\0*", "II+\0", "MM\0+"})
        if (std::memcmp(data, magic, 4) == 0) return true;
    return false;
}

cv::Mat ci::read_tiff(const std::uint8_t* data, std::size_t size) {
    complaint.clear();
    memory source{data, size, 0};
    const std::unique_ptr<TIFF, void (*)(TIFF*)> file(
        TIFFClientOpen("TIFF", "rm", &source, read, refuse_write, seek, keep_open, size_of, nullptr, nullptr),
        TIFFClose);
    if (!file) throw failure(complaint.empty() ? "the TIFF header cannot be read" : complaint);

    const page is(file.get());
    check_size(is.width, is.height);
    if (is.format != SAMPLEFORMAT_UINT || is.bits > 16 || (is.bits > 8 && is.bits != 16))
        throw failure("its samples are " + std::to_string(is.bits) + " bits wide (sample format " +
                      std::to_string(is.format) + "); whole numbers of up to 8, or of 16 bits are read");
    cv::Mat pixels = is.bits == 16 ? read_16_bit(file.get(), is) : read_rgba(file.get(), is);
    if (!complaint.empty()) throw failure(complaint);
    if (is.bits == 16 && is.extras > 0) pixels = scaled_by_alpha(pixels, is.premultiplied);
    return pixels;
}
