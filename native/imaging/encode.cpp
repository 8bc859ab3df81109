#include <cstdlib>
#include <cstring>
#include <memory>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "view.h"

CI_EXPORT int ci_encode(const ci_image* source, const char* extension, int quality, std::uint8_t** out,
                        std::size_t* size) {
    return ci::guarded([&] {
        // Into a matrix of its own: one that shares the caller's pixels would be converted in place.
        const cv::Mat pixels = ci::view(*source);
        cv::Mat bgr;
        if (pixels.channels() == 3)
            cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
        else
            bgr = pixels;

        const std::string format = extension;
        std::vector<int> parameters;
        if (format == ".jpg") parameters = {cv::IMWRITE_JPEG_QUALITY, quality};
        if (format == ".png") parameters = {cv::IMWRITE_PNG_COMPRESSION, quality};
        std::vector<std::uint8_t> bytes;
        if (!cv::imencode(format, bgr, bytes, parameters)) throw ci::failure("OpenCV could not encode as " + format);

        auto* copy = static_cast<std::uint8_t*>(std::malloc(bytes.size()));
        if (copy == nullptr) throw std::bad_alloc();
        std::memcpy(copy, bytes.data(), bytes.size());
        *out = copy;
        *size = bytes.size();
    });
}

CI_EXPORT void ci_encode_free(std::uint8_t* data) { std::free(data); }
