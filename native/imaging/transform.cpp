#include <opencv2/imgproc.hpp>

#include "view.h"

CI_EXPORT int ci_resize(const ci_image* source, const ci_image* target, int interpolation) {
    return ci::guarded([&] {
        static const int kinds[] = {cv::INTER_NEAREST, cv::INTER_LINEAR, cv::INTER_CUBIC, cv::INTER_AREA};
        if (interpolation < 0 || interpolation > 3) throw ci::failure("interpolation is 0, 1, 2 or 3");
        cv::Mat into = ci::view(*target), result;
        cv::resize(ci::view(*source), result, into.size(), 0, 0, kinds[interpolation]);
        ci::deliver(result, into);
    });
}

CI_EXPORT int ci_convert(const ci_image* source, const ci_image* target, int conversion) {
    return ci::guarded([&] {
        // In the order of the managed enumeration ColorConversion.
        static const int codes[] = {cv::COLOR_RGB2GRAY, cv::COLOR_GRAY2RGB, cv::COLOR_RGB2BGR, cv::COLOR_RGB2HSV,
                                    cv::COLOR_HSV2RGB,  cv::COLOR_RGB2Lab,  cv::COLOR_Lab2RGB};
        if (conversion < 0 || conversion > 6) throw ci::failure("conversion is 0 to 6");
        cv::Mat into = ci::view(*target), result;
        cv::cvtColor(ci::view(*source), result, codes[conversion]);
        ci::deliver(result, into);
    });
}

CI_EXPORT int ci_components(const ci_image* mask, int connectivity, std::int32_t* labels, std::int32_t* count) {
    return ci::guarded([&] {
        if (connectivity != 4 && connectivity != 8) throw ci::failure("connectivity is 4 or 8");
        // Of the right size and type already: OpenCV writes into it and allocates nothing.
        cv::Mat into(mask->height, mask->width, CV_32S, labels);
        const int all = cv::connectedComponents(ci::view(*mask), into, connectivity, CV_32S);
        if (into.ptr<std::int32_t>() != labels) throw ci::failure("the labels are elsewhere");
        *count = all - 1;
    });
}
