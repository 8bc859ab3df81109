// One JPEG tile of a TIFF: libjpeg-turbo called as libtiff and OpenSlide call it, so that the pixels are equal.
#include <cstring>

#include "error.h"
#include "jpeg_errors.h"
#include "slides.h"

namespace {

// libjpeg goes through a progressive image once per scan: a small file may ask for any number of them.
constexpr int most_scans = 200;

j_common_ptr base(jpeg_decompress_struct& info) { return reinterpret_cast<j_common_ptr>(&info); }

void count_scans(j_common_ptr info) {
    auto* decoder = reinterpret_cast<jpeg_decompress_struct*>(info);
    if (decoder->input_scan_number > most_scans) ci::jpeg_fail_with(info, "the JPEG has more than 200 scans");
}

void check(jpeg_decompress_struct& info, const ci_tile& tile) {
    auto* self = reinterpret_cast<ci::jpeg_errors*>(info.err);
    const int width = static_cast<int>(info.image_width), height = static_cast<int>(info.image_height);
    if (width == tile.width && height == tile.height && info.num_components == (tile.color == 1 ? 1 : 3)) return;
    std::snprintf(self->text, sizeof self->text, "the JPEG is %d x %d of %d channels; the directory says %d x %d of %d",
                  width, height, info.num_components, tile.width, tile.height, tile.color == 1 ? 1 : 3);
    std::longjmp(self->leave, 1);
}

// Rows through `row` where the decoder's rows are wider than the window.
void read_rows(jpeg_decompress_struct& info, const ci_image& target, std::uint8_t* row, std::size_t skip) {
    const std::size_t wanted = static_cast<std::size_t>(target.width) * 3;
    const bool direct = info.output_width == static_cast<JDIMENSION>(target.width);
    for (int y = 0; y < target.height; ++y) {
        std::uint8_t* to = target.pixels + static_cast<std::size_t>(target.stride) * y;
        JSAMPROW into = direct ? to : row;
        jpeg_read_scanlines(&info, &into, 1);
        if (!direct) std::memcpy(to, row + skip * 3, wanted);
    }
}

// Plain C between setjmp and longjmp: no object with a destructor is born here.
bool decode(jpeg_decompress_struct& info, jpeg_progress_mgr& progress, const ci_tile& tile, const ci_image& target,
            std::uint8_t* row) {
    if (setjmp(reinterpret_cast<ci::jpeg_errors*>(info.err)->leave)) return false;
    jpeg_create_decompress(&info);
    info.progress = &progress;
    if (tile.tables != nullptr && tile.tables_size > 0) {
        jpeg_mem_src(&info, tile.tables, static_cast<unsigned long>(tile.tables_size));
        if (jpeg_read_header(&info, FALSE) != JPEG_HEADER_TABLES_ONLY)
            ci::jpeg_fail_with(base(info), "TIFF's JPEGTables hold an image");
    }
    jpeg_mem_src(&info, tile.data, static_cast<unsigned long>(tile.size));
    jpeg_read_header(&info, TRUE);
    check(info, tile);
    // libjpeg would go by the JFIF or Adobe marker; in a TIFF the directory decides.
    info.jpeg_color_space = tile.color == 1 ? JCS_GRAYSCALE : tile.color == 2 ? JCS_RGB : JCS_YCbCr;
    info.out_color_space = JCS_RGB;
    info.scale_num = 1;
    info.scale_denom = static_cast<unsigned>(tile.denominator);
    jpeg_start_decompress(&info);

    const int width = static_cast<int>(info.output_width), height = static_cast<int>(info.output_height);
    if (tile.x + target.width > width || tile.y + target.height > height)
        ci::jpeg_fail_with(base(info), "the window leaves the tile");
    std::size_t skip = static_cast<std::size_t>(tile.x);
    if (target.width < width && !info.progressive_mode) {
        // Chroma is interpolated between neighbors: a margin keeps the crop's own edges out of the window.
        constexpr int margin = 16;
        const int left = tile.x > margin ? tile.x - margin : 0;
        const int right = tile.x + target.width + margin < width ? tile.x + target.width + margin : width;
        JDIMENSION from = static_cast<JDIMENSION>(left), wide = static_cast<JDIMENSION>(right - left);
        jpeg_crop_scanline(&info, &from, &wide);
        skip -= from;
    }
    if (tile.y > 0) jpeg_skip_scanlines(&info, static_cast<JDIMENSION>(tile.y));
    read_rows(info, target, row, skip);
    if (tile.y + target.height == height) jpeg_finish_decompress(&info);
    return true;
}

struct release {
    jpeg_decompress_struct& info;
    ~release() { jpeg_destroy_decompress(&info); }
};

}  // namespace

CI_EXPORT int ci_tile_decode(const ci_tile* tile, const ci_image* target) {
    return ci::guarded([&] {
        const int part = tile->denominator;
        if (part != 1 && part != 2 && part != 4 && part != 8)
            throw ci::failure("a tile is decoded at 1, 1/2, 1/4 or 1/8");
        if (target->channels != 3 || target->depth != 8 || target->width < 1 || target->height < 1 || tile->x < 0 ||
            tile->y < 0)
            throw ci::failure("a tile is decoded to RGB of 8 bits, within its sides");
        if (tile->color < 1 || tile->color > 3) throw ci::failure("a tile is gray, RGB or YCbCr");
        jpeg_decompress_struct info{};
        ci::jpeg_errors handler{};
        info.err = ci::install_strict(handler);
        jpeg_progress_mgr progress{};
        progress.progress_monitor = count_scans;
        std::vector<std::uint8_t> row(static_cast<std::size_t>(tile->width) * 3);
        release when_done{info};
        if (!decode(info, progress, *tile, *target, row.data())) throw ci::failure(handler.text);
    });
}
