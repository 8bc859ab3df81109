// OpenSlide for the formats that have no path of our own.
#include <dlfcn.h>

#include <memory>

#include <openslide/openslide.h>

#include "error.h"
#include "slides.h"

struct ci_slide {
    openslide_t* handle;
    ~ci_slide() { openslide_close(handle); }
};

namespace {

// What OpenSlide would print to the terminal through GLib ("Downsampled images not correctly ordered") goes unsaid: the
// call fails, and its error says what the user needs. Looked up, so that GLib's headers need not be there.
const bool quiet = [] {
    using handler = void (*)(const char*, int, const char*, void*);
    using setter = unsigned (*)(const char*, int, handler, void*);
    constexpr int critical = 1 << 3, warning = 1 << 4;
    if (auto set = reinterpret_cast<setter>(dlsym(RTLD_DEFAULT, "g_log_set_handler")))
        set(
            "Openslide", critical | warning, [](const char*, int, const char*, void*) {}, nullptr);
    return true;
}();

void check(openslide_t* handle) {
    if (const char* text = openslide_get_error(handle)) throw ci::failure(text);
}

// Color is scaled by alpha already; what is missing of it is the white of empty glass.
std::int64_t onto_white(const std::uint32_t* from, std::uint8_t* to, int width) {
    std::int64_t empty = 0;
    for (int x = 0; x < width; ++x, to += 3) {
        const std::uint32_t pixel = from[x], glass = 255 - (pixel >> 24);
        if (glass == 255) ++empty;
        to[0] = static_cast<std::uint8_t>(std::min(255u, (pixel >> 16 & 255) + glass));
        to[1] = static_cast<std::uint8_t>(std::min(255u, (pixel >> 8 & 255) + glass));
        to[2] = static_cast<std::uint8_t>(std::min(255u, (pixel & 255) + glass));
    }
    return empty;
}

}  // namespace

CI_EXPORT const char* ci_openslide_version() { return openslide_get_version(); }

CI_EXPORT const char* ci_slide_vendor(const char* path) { return openslide_detect_vendor(path); }

CI_EXPORT int ci_slide_open(const char* path, ci_slide** out) {
    return ci::guarded([&] {
        openslide_t* handle = openslide_open(path);
        if (handle == nullptr) throw ci::failure("it knows the format, and cannot open the file");
        std::unique_ptr<ci_slide> slide(new ci_slide{handle});
        check(handle);
        *out = slide.release();
    });
}

CI_EXPORT void ci_slide_close(ci_slide* slide) { delete slide; }

CI_EXPORT int ci_slide_level_count(ci_slide* slide) { return openslide_get_level_count(slide->handle); }

CI_EXPORT int ci_slide_level(ci_slide* slide, int level, std::int64_t size[2], double* downsample) {
    return ci::guarded([&] {
        openslide_get_level_dimensions(slide->handle, level, &size[0], &size[1]);
        *downsample = openslide_get_level_downsample(slide->handle, level);
        check(slide->handle);
        if (size[0] < 1 || size[1] < 1) throw ci::failure("there is no such level");
    });
}

CI_EXPORT const char* ci_slide_property_name(ci_slide* slide, int index) {
    const char* const* names = openslide_get_property_names(slide->handle);
    for (int i = 0; names[i] != nullptr; ++i)
        if (i == index) return names[i];
    return nullptr;
}

CI_EXPORT const char* ci_slide_property(ci_slide* slide, const char* name) {
    return openslide_get_property_value(slide->handle, name);
}

CI_EXPORT int ci_slide_read(ci_slide* slide, const std::int64_t at[2], int level, const ci_image* target,
                            std::int64_t* empty) {
    return ci::guarded([&] {
        if (target->channels != 3 || target->depth != 8 || target->width < 1 || target->height < 1)
            throw ci::failure("a slide is read as RGB of 8 bits");
        const std::size_t width = static_cast<std::size_t>(target->width);
        std::unique_ptr<std::uint32_t[]> pixels(new std::uint32_t[width * static_cast<std::size_t>(target->height)]);
        openslide_read_region(slide->handle, pixels.get(), at[0], at[1], level, target->width, target->height);
        check(slide->handle);
        *empty = 0;
        for (int y = 0; y < target->height; ++y)
            *empty += onto_white(pixels.get() + width * static_cast<std::size_t>(y),
                                 target->pixels + target->stride * y, target->width);
    });
}

CI_EXPORT const char* ci_slide_picture_name(ci_slide* slide, int index) {
    const char* const* names = openslide_get_associated_image_names(slide->handle);
    for (int i = 0; names[i] != nullptr; ++i)
        if (i == index) return names[i];
    return nullptr;
}

CI_EXPORT int ci_slide_picture_size(ci_slide* slide, const char* name, std::int64_t size[2]) {
    return ci::guarded([&] {
        openslide_get_associated_image_dimensions(slide->handle, name, &size[0], &size[1]);
        check(slide->handle);
        if (size[0] < 1 || size[1] < 1) throw ci::failure("there is no such picture");
    });
}

CI_EXPORT int ci_slide_picture(ci_slide* slide, const char* name, const ci_image* target) {
    return ci::guarded([&] {
        std::int64_t size[2] = {0, 0};
        openslide_get_associated_image_dimensions(slide->handle, name, &size[0], &size[1]);
        if (target->channels != 3 || target->depth != 8 || target->width != size[0] || target->height != size[1])
            throw ci::failure("a picture is read as RGB of 8 bits, at its own size");
        const std::size_t width = static_cast<std::size_t>(target->width);
        std::unique_ptr<std::uint32_t[]> pixels(new std::uint32_t[width * static_cast<std::size_t>(target->height)]);
        openslide_read_associated_image(slide->handle, name, pixels.get());
        check(slide->handle);
        for (int y = 0; y < target->height; ++y)
            onto_white(pixels.get() + width * static_cast<std::size_t>(y), target->pixels + target->stride * y,
                       target->width);
    });
}
