#include "error.h"

#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include "imaging.h"

namespace {

thread_local std::string last_error;

// Reader threads each decode their own file: OpenCV must not start a thread team inside every one of them.
// What OpenCV would print to the terminal reaches the user as the error of the call instead.
const bool quiet = [] {
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
}();

}  // namespace

void ci::remember(const std::string& text) { last_error = text; }

void ci::check_size(std::int64_t width, std::int64_t height) {
    constexpr std::int64_t side = 1 << 20, all = 1 << 30;
    if (width < 1 || height < 1 || width > side || height > side || width * height > all)
        throw failure("it claims " + std::to_string(width) + " x " + std::to_string(height) +
                      " pixels; the limit is 2^20 to a side and 2^30 in all");
}

CI_EXPORT const char* ci_last_error() { return last_error.c_str(); }
