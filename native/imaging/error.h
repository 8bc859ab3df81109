// How failures leave the library: as text, never as an exception.
#pragma once

#include <cstdint>
#include <exception>
#include <opencv2/core.hpp>
#include <string>

namespace ci {

void remember(const std::string& text);

// A failure whose text is already written for the user.
struct failure : std::exception {
    explicit failure(std::string text) : text(std::move(text)) {}
    const char* what() const noexcept override { return text.c_str(); }
    std::string text;
};

// Refuses an image of more than 2^20 pixels to a side or 2^30 in all, before anything is allocated for it.
void check_size(std::int64_t width, std::int64_t height);

// Runs the body of an export; turns whatever it throws into -1 and a text.
template <typename Body>
int guarded(Body&& body) noexcept {
    try {
        try {
            body();
            return 0;
        } catch (const cv::Exception& e) {
            remember(e.err.empty() ? std::string(e.what()) : e.err);
        } catch (const std::bad_alloc&) {
            remember("not enough memory");
        } catch (const std::exception& e) {
            remember(e.what());
        } catch (...) {
            remember("unknown native failure");
        }
    } catch (...) {
        // Not even the text could be stored; the caller still learns that the call failed.
    }
    return -1;
}

}  // namespace ci
