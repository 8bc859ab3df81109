// The part of libcoverslip_imaging that reads and writes slides: JPEG tiles, OpenSlide, resampling. As in imaging.h,
// every function returns 0, or -1 with a text in ci_last_error.
#pragma once

#include "imaging.h"

// A JPEG tile as it lies in a TIFF file, and the window of it that is wanted.
struct ci_tile {
    const std::uint8_t* data;
    std::size_t size;
    const std::uint8_t* tables;  // TIFF's JPEGTables, or null
    std::size_t tables_size;
    std::int32_t width, height;  // as the TIFF directory says; a stream of another size is an error
    std::int32_t color;          // what the stream holds: 1 gray, 2 R G B, 3 Y Cb Cr; markers in it do not count
    std::int32_t denominator;    // 1, 2, 4 or 8: decoded at this fraction of its sides
    std::int32_t x, y;           // the window's place in the tile as decoded, whose sides are rounded up
};

// Decodes the window of target's size (RGB, 8 bits). Data after the window's last row are not looked at; in those
// before, every warning of libjpeg is a failure.
CI_EXPORT int ci_tile_decode(const ci_tile* tile, const ci_image* target);

// JPEG for TIFF tiles: Y Cb Cr with 2×2 subsampled chroma. All streams of one quality share their tables.
CI_EXPORT int ci_tile_tables(int quality, std::uint8_t** out, std::size_t* size);
// An abbreviated stream of RGB pixels, to be read with ci_tile_tables of the same quality. Freed by ci_encode_free.
CI_EXPORT int ci_tile_encode(const ci_image* source, int quality, std::uint8_t** out, std::size_t* size);

// Each target pixel is the mean of the source rectangle of step_x × step_y (at least 1) pixels whose first corner, for
// target pixel (0, 0), lies at (x, y). The rectangles lie within the source. RGB or gray, 8 bits.
CI_EXPORT int ci_area_sample(const ci_image* source, const double from_step[4], const ci_image* target);

struct ci_slide;  // a slide opened by OpenSlide

CI_EXPORT const char* ci_openslide_version();
// The vendor's name, or null where OpenSlide does not know the file.
CI_EXPORT const char* ci_slide_vendor(const char* path);
CI_EXPORT int ci_slide_open(const char* path, ci_slide** out);
CI_EXPORT void ci_slide_close(ci_slide* slide);
CI_EXPORT int ci_slide_level_count(ci_slide* slide);
CI_EXPORT int ci_slide_level(ci_slide* slide, int level, std::int64_t size[2], double* downsample);
// The name of property number index, or null after the last.
CI_EXPORT const char* ci_slide_property_name(ci_slide* slide, int index);
CI_EXPORT const char* ci_slide_property(ci_slide* slide, const char* name);
// Pixels of a level, from (x, y) of level 0, onto white; empty: how many of them no tile covers.
CI_EXPORT int ci_slide_read(ci_slide* slide, const std::int64_t at[2], int level, const ci_image* target,
                            std::int64_t* empty);

// Pictures beside the slide: its label, the whole glass (macro). The name of number index, or null after the last.
CI_EXPORT const char* ci_slide_picture_name(ci_slide* slide, int index);
CI_EXPORT int ci_slide_picture_size(ci_slide* slide, const char* name, std::int64_t size[2]);
CI_EXPORT int ci_slide_picture(ci_slide* slide, const char* name, const ci_image* target);
