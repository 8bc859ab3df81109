#include "jpeg.h"

#include "error.h"
#include "jpeg_errors.h"

namespace {

void fill_rgb_from_cmyk(const std::uint8_t* from, std::uint8_t* to, int width) {
    // Adobe's files hold inverted inks, so that the product of ink and key is the light that is left.
    for (int x = 0; x < width; ++x, from += 4, to += 3)
        for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>((from[c] * from[3] + 127) / 255);
}

bool header(jpeg_decompress_struct& info, ci::jpeg_errors& handler, const std::uint8_t* data, std::size_t size) {
    if (setjmp(handler.leave)) return false;
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, data, static_cast<unsigned long>(size));
    jpeg_read_header(&info, TRUE);
    return true;
}

bool body(jpeg_decompress_struct& info, ci::jpeg_errors& handler, std::uint8_t* pixels, std::size_t stride,
          std::uint8_t* inks) {
    if (setjmp(handler.leave)) return false;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
        std::uint8_t* row = pixels + stride * info.output_scanline;
        JSAMPROW target = inks != nullptr ? inks : row;
        jpeg_read_scanlines(&info, &target, 1);
        if (inks != nullptr) fill_rgb_from_cmyk(inks, row, static_cast<int>(info.output_width));
    }
    jpeg_finish_decompress(&info);
    return true;
}

struct release {
    jpeg_decompress_struct& info;
    ~release() { jpeg_destroy_decompress(&info); }
};

}  // namespace

bool ci::is_jpeg(const std::uint8_t* data, std::size_t size) {
    return size >= 3 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF;
}

cv::Mat ci::read_jpeg(const std::uint8_t* data, std::size_t size) {
    jpeg_decompress_struct info{};
    jpeg_errors handler{};
    info.err = install_strict(handler);

    release when_done{info};
    if (!header(info, handler, data, size)) throw failure(handler.text);

    ci::check_size(info.image_width, info.image_height);
    const bool gray = info.num_components == 1, inks = info.num_components == 4;
    info.out_color_space = gray ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
    cv::Mat pixels(static_cast<int>(info.image_height), static_cast<int>(info.image_width), gray ? CV_8UC1 : CV_8UC3);
    std::vector<std::uint8_t> row(inks ? static_cast<std::size_t>(info.image_width) * 4 : 0);
    if (!body(info, handler, pixels.data, pixels.step, inks ? row.data() : nullptr)) throw failure(handler.text);
    return pixels;
}
