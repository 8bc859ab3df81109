// The data elements of a DICOM file, found without trusting a single length.
//
// GDCM could read them too, but Debian builds it with its assertions on: a damaged byte ends the whole program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ci {

struct dicom_bytes {
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
};

class dicom_set {
public:
    // How elements are written: DICOM PS3.5, chapter 7.
    struct writing {
        bool explicit_kinds = true, big_endian = false;
    };

    // The group of file meta information and the data set that follows it; nothing is copied.
    static dicom_set of_file(const std::uint8_t* data, std::size_t size);

    // The UID that says how data and pixels are written.
    const std::string& transfer_syntax() const { return syntax; }

    // Present, with a value.
    bool has(std::uint32_t tag) const;
    // Empty where the element is missing.
    dicom_bytes bytes(std::uint32_t tag) const;
    // Compressed pixels, without their table of offsets; empty for plain ones.
    const std::vector<dicom_bytes>& fragments() const { return pixel_fragments; }
    // Without padding; empty where the element is missing.
    std::string text(std::uint32_t tag) const;
    // The first of an element's shorts.
    int whole(std::uint32_t tag, int otherwise) const;
    std::vector<std::int32_t> shorts(std::uint32_t tag, bool has_sign) const;
    // The numbers of a decimal or integer string; a value that is no number is a failure.
    std::vector<double> numbers(std::uint32_t tag) const;
    // The items of a sequence; none where it is missing.
    const std::vector<dicom_set>& items(std::uint32_t tag) const;
    bool big_endian() const { return how.big_endian; }

private:
    friend class dicom_walk;
    writing how;
    std::string syntax;
    std::map<std::uint32_t, dicom_bytes> values;
    std::map<std::uint32_t, std::vector<dicom_set>> sequences;
    std::vector<dicom_bytes> pixel_fragments;
};

}  // namespace ci
