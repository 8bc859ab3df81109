// JPEG tiles for TIFF: abbreviated streams, whose tables stand once in the directory.
#include <cstdlib>

#include "error.h"
#include "jpeg_errors.h"
#include "slides.h"

namespace {

struct stream {
    unsigned char* data = nullptr;
    unsigned long size = 0;
};

// Without an image only the tables.
bool encode(jpeg_compress_struct& info, ci::jpeg_errors& handler, const ci_image* image, int quality, stream& out) {
    if (setjmp(handler.leave)) return false;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &out.data, &out.size);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    info.image_width = image != nullptr ? static_cast<JDIMENSION>(image->width) : 16;
    info.image_height = image != nullptr ? static_cast<JDIMENSION>(image->height) : 16;
    jpeg_set_defaults(&info);  // Y Cb Cr, chroma of half the sides
    jpeg_set_quality(&info, quality, TRUE);
    if (image == nullptr) {
        jpeg_write_tables(&info);
        return true;
    }
    jpeg_suppress_tables(&info, TRUE);
    info.write_JFIF_header = FALSE;
    jpeg_start_compress(&info, FALSE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = image->pixels + image->stride * info.next_scanline;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return true;
}

struct release {
    jpeg_compress_struct& info;
    ~release() { jpeg_destroy_compress(&info); }
};

int run(const ci_image* image, int quality, std::uint8_t** out, std::size_t* size) {
    return ci::guarded([&] {
        if (quality < 1 || quality > 100) throw ci::failure("JPEG quality goes from 1 to 100");
        if (image != nullptr && (image->channels != 3 || image->depth != 8 || image->width < 1 || image->height < 1))
            throw ci::failure("a tile is encoded from RGB of 8 bits");
        jpeg_compress_struct info{};
        ci::jpeg_errors handler{};
        info.err = ci::install(handler);
        stream written;
        const bool done = encode(info, handler, image, quality, written);
        release when_done{info};
        if (!done) {
            std::free(written.data);
            throw ci::failure(handler.text);
        }
        *out = written.data;
        *size = written.size;
    });
}

}  // namespace

CI_EXPORT int ci_tile_tables(int quality, std::uint8_t** out, std::size_t* size) {
    return run(nullptr, quality, out, size);
}

CI_EXPORT int ci_tile_encode(const ci_image* source, int quality, std::uint8_t** out, std::size_t* size) {
    return run(source, quality, out, size);
}
