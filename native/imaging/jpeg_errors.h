// libjpeg's errors as jumps out of it, for the three places that call it. Plain C between setjmp and longjmp: no object
// with a destructor is born there.
#pragma once
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

namespace ci {

struct jpeg_errors {
    jpeg_error_mgr base;
    std::jmp_buf leave;
    char text[JMSG_LENGTH_MAX + 64];
};

inline void jpeg_fail(j_common_ptr info) {
    auto* self = reinterpret_cast<jpeg_errors*>(info->err);
    self->base.format_message(info, self->text);
    std::longjmp(self->leave, 1);
}

[[noreturn]] inline void jpeg_fail_with(j_common_ptr info, const char* text) {
    auto* self = reinterpret_cast<jpeg_errors*>(info->err);
    std::snprintf(self->text, sizeof self->text, "%s", text);
    std::longjmp(self->leave, 1);
}

// Level -1 is "corrupt data": premature end, bad Huffman code, extraneous bytes. The pixels after it are invented.
inline void jpeg_warn(j_common_ptr info, int level) {
    if (level < 0) jpeg_fail(info);
}

inline jpeg_error_mgr* install(jpeg_errors& handler) {
    jpeg_std_error(&handler.base);
    handler.base.error_exit = jpeg_fail;
    return &handler.base;
}

// For decoding: damage is an error, too.
inline jpeg_error_mgr* install_strict(jpeg_errors& handler) {
    install(handler);
    handler.base.emit_message = jpeg_warn;
    return &handler.base;
}

}  // namespace ci
