#include <algorithm>
#include <memory>
#include <string>

#include <charls/charls.h>

#include "error.h"
#include "jpeg_gray.h"

std::vector<std::uint16_t> ci::read_jpeg_ls(const jpeg_head& head, const std::vector<std::uint8_t>& stream) {
    const std::unique_ptr<charls_jpegls_decoder, void (*)(const charls_jpegls_decoder*)> decoder(
        charls_jpegls_decoder_create(), charls_jpegls_decoder_destroy);
    const auto check = [](charls_jpegls_errc error) {
        if (error != charls::jpegls_errc::success)
            throw failure("are damaged: " + std::string(charls_get_error_message(error)));
    };
    if (!decoder) throw std::bad_alloc();
    check(charls_jpegls_decoder_set_source_buffer(decoder.get(), stream.data(), stream.size()));
    check(charls_jpegls_decoder_read_header(decoder.get()));
    charls_frame_info frame{};
    check(charls_jpegls_decoder_get_frame_info(decoder.get(), &frame));
    std::size_t size = 0;
    check(charls_jpegls_decoder_get_destination_size(decoder.get(), 0, &size));
    const auto pixels = static_cast<std::size_t>(head.width) * static_cast<std::size_t>(head.height);
    const bool wide = frame.bits_per_sample > 8;
    if (frame.component_count != 1 || size != pixels * (wide ? 2 : 1))
        throw failure("are of another size or kind than the file says");
    std::vector<std::uint16_t> samples(pixels);
    if (wide) {
        check(charls_jpegls_decoder_decode_to_buffer(decoder.get(), samples.data(), size, 0));
    } else {
        std::vector<std::uint8_t> narrow(size);
        check(charls_jpegls_decoder_decode_to_buffer(decoder.get(), narrow.data(), size, 0));
        std::copy(narrow.begin(), narrow.end(), samples.begin());
    }
    return samples;
}
