// The C interface of libcoverslip_imaging. Every function returns 0, or -1 with a text in ci_last_error of the same
// thread. No C++ exception leaves the library.
#pragma once

#include <cstddef>
#include <cstdint>

#define CI_EXPORT extern "C" __attribute__((visibility("default")))

// Interleaved pixels, rows from the top; color is R, G, B. The caller owns the memory.
struct ci_image {
    std::uint8_t* pixels;
    std::int64_t stride;  // bytes from one row to the next
    std::int32_t width, height;
    std::int32_t channels;  // 1, 3, or 4 with alpha (decoded files only)
    std::int32_t depth;     // bits per sample: 8 or 16
};

struct ci_decoded;  // pixels waiting to be copied out

// Text of the last failure on this thread.
CI_EXPORT const char* ci_last_error();

// Decodes a whole file held in memory. info's pixels stay null; its sizes say what ci_decode_copy needs.
CI_EXPORT int ci_decode_open(const std::uint8_t* data, std::size_t size, ci_image* info, ci_decoded** out);
// Copies the pixels: channels 1 (gray) or 3 (RGB), depth 8 or 16; alpha is composited onto white first.
CI_EXPORT int ci_decode_copy(const ci_decoded* decoded, const ci_image* target);
CI_EXPORT int ci_decode_transparent(const ci_decoded* decoded);  // 1 where some pixel is not opaque
CI_EXPORT void ci_decode_close(ci_decoded* decoded);

// Encodes to ".png", ".jpg", ".tif" or ".bmp"; quality 1..100 is used by JPEG, 0..9 as compression by PNG.
CI_EXPORT int ci_encode(const ci_image* source, const char* extension, int quality, std::uint8_t** out,
                        std::size_t* size);
CI_EXPORT void ci_encode_free(std::uint8_t* data);

// interpolation: 0 nearest, 1 linear, 2 cubic, 3 area
CI_EXPORT int ci_resize(const ci_image* source, const ci_image* target, int interpolation);
// conversion: see transform.cpp
CI_EXPORT int ci_convert(const ci_image* source, const ci_image* target, int conversion);
// Components of the non-zero pixels of an 8-bit image; labels: 0 background, 1..count.
CI_EXPORT int ci_components(const ci_image* mask, int connectivity, std::int32_t* labels, std::int32_t* count);

// SLIC superpixels: labels 0..count-1, each connected. space: 0 CIE Lab (L in 0..100), 1 the samples as they are.
CI_EXPORT int ci_slic(const ci_image* source, int region_size, float ruler, int iterations, int space,
                      std::int32_t* labels, std::int32_t* count);

// Rows of features; labels, one to a row, are needed for training only.
struct ci_samples {
    const float* features;
    const std::int32_t* labels;
    std::int32_t rows, columns;
};

struct ci_forest_options {
    std::int32_t trees;
    std::int32_t depth;     // most levels of a tree
    std::int32_t least;     // a node of fewer samples is not split
    std::int32_t features;  // drawn at each split; 0: the square root of all
};

struct ci_learner;  // a trained forest or support vector machine

CI_EXPORT int ci_forest_train(const ci_samples* samples, const ci_forest_options* options, std::uint64_t seed,
                              ci_learner** out);
// C-SVC with the kernel exp(-gamma |x - y|^2).
CI_EXPORT int ci_svm_train(const ci_samples* samples, double c, double gamma, ci_learner** out);
// votes: [rows, classes] trees that name each class; labels are 0 to classes - 1.
CI_EXPORT int ci_forest_votes(const ci_learner* learner, const ci_samples* samples, std::int32_t* votes, int classes);
// decisions: [rows], of a machine of two labels; positive for the greater one.
CI_EXPORT int ci_svm_decisions(const ci_learner* learner, const ci_samples* samples, float* decisions);
// OpenCV's text of the model; freed by ci_encode_free.
CI_EXPORT int ci_learner_save(const ci_learner* learner, std::uint8_t** out, std::size_t* size);
// kind: 0 forest, 1 support vector machine
CI_EXPORT int ci_learner_load(const std::uint8_t* data, std::size_t size, int kind, ci_learner** out);
CI_EXPORT void ci_learner_close(ci_learner* learner);
