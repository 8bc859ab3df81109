#include "dicom_set.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <locale>
#include <sstream>

#include "error.h"

namespace ci {

namespace {

constexpr std::uint32_t pixel_data = 0x7fe00010, item = 0xfffee000, item_end = 0xfffee00d, sequence_end = 0xfffee0dd;
constexpr std::uint32_t undefined = 0xffffffff;
constexpr int deepest = 32;  // sequences within sequences

std::string name_of(std::uint32_t tag) {
    char name[16];
    std::snprintf(name, sizeof name, "(%04x,%04x)", tag >> 16, tag & 0xffff);
    return name;
}

bool has_long_length(const char* kind) {
    static const char* const kinds[] = {"OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UC", "UR", "UT", "UN", "SV", "UV"};
    return std::any_of(std::begin(kinds), std::end(kinds), [&](const char* k) { return std::memcmp(k, kind, 2) == 0; });
}

// Which elements are sequences where the file does not say; of the others no value is asked.
bool is_known_sequence(std::uint32_t tag) { return tag == 0x00283000 || tag == 0x00283010; }

}  // namespace

class dicom_walk {
public:
    dicom_walk(const std::uint8_t* data, std::size_t begin, std::size_t end) : data(data), at(begin), end(end) {}

    std::size_t place() const { return at; }

    // Elements up to the end, to the end of an item of undefined length, or to another group than `only`.
    dicom_set read(dicom_set::writing how, int depth, bool closed, int only = -1) {
        dicom_set set;
        set.how = how;
        while (at < end) {
            const std::size_t start = at;
            const std::uint32_t tag = read_tag(how);
            if (only >= 0 && static_cast<int>(tag >> 16) != only) {
                at = start;
                return set;
            }
            if (tag == item_end && !closed) {
                number(4, how);
                return set;
            }
            read_element(set, tag, how, depth);
        }
        if (!closed) throw failure("the DICOM file is truncated within a sequence");
        return set;
    }

private:
    std::uint32_t number(std::size_t bytes, dicom_set::writing how) {
        if (end - at < bytes) throw failure("the DICOM file is truncated within an element's head");
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value |= std::uint32_t{data[at + i]} << 8 * (how.big_endian ? bytes - 1 - i : i);
        at += bytes;
        return value;
    }

    std::uint32_t read_tag(dicom_set::writing how) {
        const std::uint32_t group = number(2, how);
        return group << 16 | number(2, how);
    }

    void read_element(dicom_set& set, std::uint32_t tag, dicom_set::writing how, int depth) {
        char kind[3] = "";
        std::uint32_t length;
        if (how.explicit_kinds && tag >> 16 != 0xfffe) {
            if (end - at < 4) throw failure("the DICOM file is truncated within an element's head");
            std::memcpy(kind, data + at, 2);
            at += 2;
            if (kind[0] < 'A' || kind[0] > 'Z' || kind[1] < 'A' || kind[1] > 'Z')
                throw failure("the DICOM file is damaged: element " + name_of(tag) + " has no kind of value");
            if (has_long_length(kind)) number(2, how);
            length = number(has_long_length(kind) ? 4 : 2, how);
        } else {
            length = number(4, how);
        }
        if (tag == pixel_data && length == undefined) return read_fragments(set, how);
        const bool sequence =
            !std::strcmp(kind, "SQ") || length == undefined || (!how.explicit_kinds && is_known_sequence(tag));
        if (length != undefined && length > end - at)
            throw failure("the DICOM file is truncated: element " + name_of(tag) + " has " + std::to_string(length) +
                          " bytes, " + std::to_string(end - at) + " are left");
        if (sequence) {
            // A sequence of unknown kind is written without kinds (PS3.5, 6.2.2).
            const auto within = !std::strcmp(kind, "UN") ? dicom_set::writing{false, false} : how;
            return read_items(set, tag, length, within, depth);
        }
        set.values[tag] = {data + at, length};
        at += length;
    }

    void read_items(dicom_set& set, std::uint32_t tag, std::uint32_t length, dicom_set::writing how, int depth) {
        if (depth >= deepest) throw failure("the DICOM file is damaged: its sequences lie too deep");
        const std::size_t last = length == undefined ? end : at + length;
        auto& items = set.sequences[tag];
        while (at < last) {
            const std::uint32_t head = read_tag(how);
            const std::uint32_t size = number(4, how);
            if (head == sequence_end && length == undefined) return;
            if (head != item || (size != undefined && (last < at || size > last - at)))
                throw failure("the DICOM file is damaged or truncated in the sequence " + name_of(tag));
            dicom_walk inner(data, at, size == undefined ? last : at + size);
            items.push_back(inner.read(how, depth + 1, size != undefined));
            at = inner.place();
        }
        if (length == undefined) throw failure("the DICOM file is truncated within the sequence " + name_of(tag));
    }

    // The first item is a table of where frames begin; each further one is a piece of the stream (PS3.5, A.4).
    void read_fragments(dicom_set& set, dicom_set::writing how) {
        bool table = true;
        while (true) {
            const std::uint32_t head = read_tag(how);
            const std::uint32_t size = number(4, how);
            if (head == sequence_end) break;
            if (head != item || size > end - at)
                throw failure("the DICOM file is damaged or truncated within its compressed pixels");
            if (!table) set.pixel_fragments.push_back({data + at, size});
            table = false;
            at += size;
        }
        std::size_t all = 0;
        for (const auto& piece : set.pixel_fragments) all += piece.size;
        set.values[pixel_data] = {data, all};
    }

    const std::uint8_t* data;
    std::size_t at, end;
};

dicom_set dicom_set::of_file(const std::uint8_t* data, std::size_t size) {
    dicom_walk walk(data, 132, size);
    const std::string syntax = walk.read({}, 0, true, 0x0002).text(0x00020010);
    if (syntax.empty()) throw failure("the DICOM file does not say how it is written: it has no transfer syntax");
    if (syntax == "1.2.840.10008.1.2.1.99")
        throw failure("the DICOM file is deflated (transfer syntax 1.2.840.10008.1.2.1.99), which is not read; "
                      "'gdcmconv --raw' inflates it");
    writing how;
    how.explicit_kinds = syntax != "1.2.840.10008.1.2";
    how.big_endian = syntax == "1.2.840.10008.1.2.2";
    dicom_set set = walk.read(how, 0, true);
    set.syntax = syntax;
    return set;
}

bool dicom_set::has(std::uint32_t tag) const {
    const auto found = values.find(tag);
    return found != values.end() && found->second.size > 0;
}

dicom_bytes dicom_set::bytes(std::uint32_t tag) const {
    const auto found = values.find(tag);
    return found == values.end() ? dicom_bytes{} : found->second;
}

std::string dicom_set::text(std::uint32_t tag) const {
    const dicom_bytes value = bytes(tag);
    std::string text(reinterpret_cast<const char*>(value.data), value.size);
    const auto last = text.find_last_not_of(std::string(" \0", 2));
    text.erase(last == std::string::npos ? 0 : last + 1);
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

int dicom_set::whole(std::uint32_t tag, int otherwise) const {
    const auto found = shorts(tag, false);
    return found.empty() ? otherwise : found[0];
}

std::vector<std::int32_t> dicom_set::shorts(std::uint32_t tag, bool has_sign) const {
    std::vector<std::int32_t> found;
    const dicom_bytes value = bytes(tag);
    for (std::size_t at = 0; at + 2 <= value.size; at += 2) {
        const auto first = value.data[at], second = value.data[at + 1];
        const auto both = static_cast<std::uint16_t>(how.big_endian ? first << 8 | second : second << 8 | first);
        found.push_back(has_sign ? static_cast<std::int16_t>(both) : both);
    }
    return found;
}

std::vector<double> dicom_set::numbers(std::uint32_t tag) const {
    std::vector<double> found;
    std::istringstream all(text(tag));
    for (std::string one; std::getline(all, one, '\\');) {
        std::istringstream reading(one);
        reading.imbue(std::locale::classic());
        double value;
        if (!(reading >> value) || !std::isfinite(value))
            throw failure("its DICOM element " + name_of(tag) + " is '" + one + "', which is no number");
        found.push_back(value);
    }
    return found;
}

const std::vector<dicom_set>& dicom_set::items(std::uint32_t tag) const {
    static const std::vector<dicom_set> none;
    const auto found = sequences.find(tag);
    return found == sequences.end() ? none : found->second;
}

}  // namespace ci
