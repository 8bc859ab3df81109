#include "dicom_tone.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "error.h"

namespace ci {

namespace {

// From a rescaled value to a share of white; not yet cut to 0 … 1.
using tone = std::function<double(double)>;

// PS3.3, C.11.2.1.2 and C.11.2.1.3.
tone window(double center, double width, const std::string& function) {
    const bool linear = function.empty() || function == "LINEAR";
    if (!linear && function != "LINEAR_EXACT" && function != "SIGMOID")
        throw failure("its DICOM VOI LUT function is '" + function + "'; LINEAR, LINEAR_EXACT and SIGMOID are read");
    if (linear ? width < 1 : width <= 0)
        throw failure("its DICOM window is " + std::to_string(width) + " wide; expected is " +
                      (linear ? "1 and more" : "more than 0"));
    if (function == "SIGMOID") return [=](double x) { return 1 / (1 + std::exp(-4 * (x - center) / width)); };
    if (function == "LINEAR_EXACT") return [=](double x) { return (x - center) / width + 0.5; };
    if (width == 1) return [=](double x) { return x <= center - 0.5 ? 0.0 : 1.0; };
    return [=](double x) { return (x - (center - 0.5)) / (width - 1) + 0.5; };
}

// PS3.3, C.11.2.1.1: a table from the first value on; values beyond it take its ends.
tone table(const dicom_set& item, bool has_sign) {
    const auto descriptor = item.shorts(0x00283002, false);
    if (descriptor.size() != 3) throw failure("its DICOM VOI LUT has no descriptor of three values");
    const std::size_t entries = descriptor[0] == 0 ? 65536 : descriptor[0];
    const int first = has_sign ? static_cast<std::int16_t>(descriptor[1]) : descriptor[1];
    const int bits = descriptor[2];
    auto data = item.shorts(0x00283006, false);
    if (bits == 8 && data.size() < entries && item.bytes(0x00283006).size >= entries) {  // a byte to an entry
        const dicom_bytes bytes = item.bytes(0x00283006);
        data.assign(bytes.data, bytes.data + entries);
    }
    if (data.size() < entries || bits < 1 || bits > 16)
        throw failure("its DICOM VOI LUT holds " + std::to_string(data.size()) + " of " + std::to_string(entries) +
                      " values of " + std::to_string(bits) + " bits");
    const double white = (1 << bits) - 1;
    return [=](double x) {
        const double place = std::clamp(std::round(x) - first, 0.0, static_cast<double>(entries - 1));
        return data[static_cast<std::size_t>(place)] / white;
    };
}

// Values that stand for no radiation measured (PS3.3, C.7.5.1.1.2); they belong to no range and are black.
struct padding {
    bool any = false;
    std::int32_t low = 0, high = 0;
    bool holds(std::int32_t value) const { return any && value >= low && value <= high; }
};

padding padding_of(const dicom_set& set, bool has_sign) {
    const auto one = set.shorts(0x00280120, has_sign);
    if (one.empty()) return {};
    const auto other = set.shorts(0x00280121, has_sign);
    const std::int32_t end = other.empty() ? one[0] : other[0];
    return {true, std::min(one[0], end), std::max(one[0], end)};
}

// Eight bits are shown as they are, like every other image of eight bits; of more bits files seldom use all.
tone full_range(const std::vector<std::int32_t>& stored, const padding& background, bool wide, tone rescale) {
    const auto outside = [&](std::int32_t value) { return background.holds(value); };
    std::int32_t low = 0, high = 255;
    if (wide) {
        const auto first = std::find_if_not(stored.begin(), stored.end(), outside);
        low = high = first == stored.end() ? 0 : *first;
        for (const auto value : stored)
            if (!outside(value)) low = std::min(low, value), high = std::max(high, value);
        if (low == high) ++high;
    }
    const double from = std::min(rescale(low), rescale(high)), span = std::abs(rescale(high) - rescale(low));
    return [=](double x) { return (x - from) / span; };
}

}  // namespace

cv::Mat shown(const std::vector<std::int32_t>& stored, const dicom_set& set, cv::Size size) {
    const bool has_sign = set.whole(0x00280103, 0) == 1, inverted = set.text(0x00280004) == "MONOCHROME1";
    const int bits = set.whole(0x00280101, 8);
    const bool wide = bits > 8;
    const auto slopes = set.numbers(0x00281053), intercepts = set.numbers(0x00281052);
    const double slope = slopes.empty() ? 1 : slopes[0], intercept = intercepts.empty() ? 0 : intercepts[0];
    if (slope == 0) throw failure("its DICOM rescale slope is 0; expected is any other number");
    const tone rescale = [=](double value) { return slope * value + intercept; };
    const auto centers = set.numbers(0x00281050), widths = set.numbers(0x00281051);
    const padding background = padding_of(set, has_sign);
    if (has_sign && !wide && centers.empty())
        throw failure("its DICOM values are signed numbers of 8 bits without a window, which is not read");
    const auto& tables = set.items(0x00283010);
    const tone gray = !centers.empty() && !widths.empty() ? window(centers[0], widths[0], set.text(0x00281056))
                      : !tables.empty()                   ? table(tables[0], has_sign)
                                                          : full_range(stored, background, wide, rescale);

    // Every stored value occurs many times: its gray is computed once.
    const std::int32_t least = has_sign ? -(1 << (bits - 1)) : 0;
    std::vector<std::uint16_t> grays(std::size_t{1} << bits);
    for (std::size_t i = 0; i < grays.size(); ++i) {
        const auto value = least + static_cast<std::int32_t>(i);
        const double share = std::clamp(gray(rescale(value)), 0.0, 1.0);
        const double light = (inverted ? 1 - share : share) * (wide ? 65535 : 255);
        grays[i] = background.holds(value) ? 0 : static_cast<std::uint16_t>(std::lround(light));
    }
    cv::Mat pixels(size, wide ? CV_16UC1 : CV_8UC1);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const auto value = grays[static_cast<std::size_t>(stored[i] - least)];
        if (wide)
            pixels.ptr<std::uint16_t>()[i] = value;
        else
            pixels.ptr<std::uint8_t>()[i] = static_cast<std::uint8_t>(value);
    }
    return pixels;
}

}  // namespace ci
