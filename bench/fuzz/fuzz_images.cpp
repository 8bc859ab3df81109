// Mutated image files, decoded through libcoverslip_imaging's C interface: each gives pixels or one clean error.
//   fuzz_images SEED COUNT FILE…       COUNT 0 decodes the files as they are
//   fuzz_images --pictures FOLDER      writes a small picture of each format that is encoded, to be mutated
// What ends the process (a signal, an assertion, a sanitizer, 20 seconds of the processor for one file) is written to
// ./ended-by, which `fuzz_images 0 0 ended-by` decodes again.
#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "../../native/imaging/imaging.h"

namespace {

using file = std::vector<std::uint8_t>;

file current;
char at_work[512];

extern "C" void save(int signal) {
    const int to = open("ended-by", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (to >= 0 && write(to, current.data(), current.size()) >= 0) close(to);
    std::size_t length = 0;
    while (at_work[length] != 0) ++length;
    if (write(STDERR_FILENO, at_work, length) < 0) _exit(1);
    _exit(128 + signal);
}

// Seconds of the processor's time: a machine under load is no hang. 0 takes the limit away.
void limit_to(int seconds) {
    itimerval limit{};
    limit.it_value.tv_sec = seconds;
    setitimer(ITIMER_PROF, &limit, nullptr);
}

file read_whole(const std::string& path) {
    std::ifstream from(path, std::ios::binary);
    if (!from) {
        std::fprintf(stderr, "%s cannot be opened\n", path.c_str());
        std::exit(2);
    }
    return file(std::istreambuf_iterator<char>(from), {});
}

class mutator {
public:
    explicit mutator(std::uint64_t seed) : random(seed) {}

    file of(file whole) {
        if (below(8) == 0) whole.resize(1 + below(whole.size()));
        for (std::size_t changes = 1 + below(6); changes > 0; --changes) change(whole);
        return whole;
    }

private:
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random() % limit); }

    void change(file& whole) {
        static const std::uint8_t telling[] = {0, 1, 2, 0x7f, 0x80, 0xc1, 0xc3, 0xc4, 0xd0, 0xd9, 0xda, 0xfe, 0xff};
        const std::size_t at = below(whole.size());
        switch (below(5)) {
            case 0: whole[at] = static_cast<std::uint8_t>(whole[at] ^ 1u << below(8)); break;
            case 1: whole[at] = static_cast<std::uint8_t>(random()); break;
            case 2: whole[at] = telling[below(sizeof telling)]; break;
            case 3:
                for (std::size_t i = at; i < std::min(whole.size(), at + 4); ++i)
                    whole[i] = telling[below(sizeof telling)];
                break;
            default: {  // a piece of it, over another
                const std::size_t from = below(whole.size()), most = whole.size() - std::max(from, at);
                const file piece(whole.begin() + static_cast<std::ptrdiff_t>(from),
                                 whole.begin() + static_cast<std::ptrdiff_t>(from + std::min(most, 1 + below(64))));
                std::copy(piece.begin(), piece.end(), whole.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
    }

    std::mt19937_64 random;
};

// The error without its numbers; empty where pixels came back.
std::string decode(const file& bytes) {
    ci_image info{};
    ci_decoded* decoded = nullptr;
    if (ci_decode_open(bytes.data(), bytes.size(), &info, &decoded) != 0) {
        std::string kind;
        for (const char c : std::string(ci_last_error()))
            if (!std::isdigit(static_cast<unsigned char>(c)))
                kind += c;
            else if (kind.empty() || kind.back() != '#')
                kind += '#';
        return kind.substr(0, 100);
    }
    info.channels = info.channels == 4 ? 3 : info.channels;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(info.width) * info.height * info.channels * info.depth /
                                     8);
    info.pixels = pixels.data();
    info.stride = static_cast<std::int64_t>(info.width) * info.channels * info.depth / 8;
    const bool copied = ci_decode_copy(decoded, &info) == 0;
    ci_decode_close(decoded);
    return copied ? "" : "not copied";
}

int write_pictures(const std::string& folder) {
    for (const int depth : {8, 16})
        for (const int channels : {1, 3})
            for (const char* extension : {".png", ".jpg", ".tif", ".bmp"}) {
                const bool eight_only = extension[1] == 'j' || extension[1] == 'b';
                if (depth == 16 && eight_only) continue;
                constexpr int side = 20;
                file pixels(static_cast<std::size_t>(side) * side * channels * depth / 8);
                for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * i / 7);
                const ci_image picture{
                    pixels.data(), static_cast<std::int64_t>(side) * channels * depth / 8, side, side, channels, depth};
                std::uint8_t* bytes = nullptr;
                std::size_t size = 0;
                if (ci_encode(&picture, extension, extension[1] == 'p' ? 6 : 90, &bytes, &size) != 0) {
                    std::fprintf(stderr, "%s: %s\n", extension, ci_last_error());
                    return 1;
                }
                std::ofstream(folder + "/" + std::to_string(channels) + "x" + std::to_string(depth) + extension,
                              std::ios::binary)
                    .write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
                ci_encode_free(bytes);
            }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count == 3 && std::string(words[1]) == "--pictures") return write_pictures(words[2]);
    if (count < 4) {
        std::fprintf(stderr, "fuzz_images SEED COUNT FILE…, or --pictures FOLDER\n");
        return 2;
    }
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPROF}) std::signal(signal, save);
    const std::uint64_t seed = std::strtoull(words[1], nullptr, 10);
    const long wanted = std::strtol(words[2], nullptr, 10), files = count - 3;
    std::vector<file> originals;
    for (int i = 3; i < count; ++i) originals.push_back(read_whole(words[i]));
    std::map<std::string, long> kinds;
    for (long i = 0; i < std::max(wanted, files); ++i) {
        const auto which = static_cast<std::size_t>(i % files);
        const file& original = originals[which];
        current = wanted == 0 ? original : mutator(seed * 1000003u + static_cast<std::uint64_t>(i)).of(original);
        std::snprintf(at_work, sizeof at_work, "ended by mutation %ld of seed %s, of %s; it is ./ended-by\n", i,
                      words[1], words[3 + which]);
        limit_to(20);
        ++kinds[decode(current)];
        limit_to(0);
    }
    std::vector<std::pair<long, std::string>> ordered;
    for (const auto& [kind, times] : kinds) ordered.emplace_back(times, kind.empty() ? "read" : kind);
    std::sort(ordered.rbegin(), ordered.rend());
    std::printf("%ld files decoded, none ended the process\n", std::max(wanted, files));
    for (std::size_t i = 0; i < std::min<std::size_t>(ordered.size(), 40); ++i)
        std::printf("%8ld  %s\n", ordered[i].first, ordered[i].second.c_str());
}
