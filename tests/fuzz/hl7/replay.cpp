// Runs the fuzz target over the corpus and over variations of it made from a fixed seed, with any compiler.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

void run(std::string const& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(input.data()), input.size());
}

std::string varied(std::string text, std::vector<std::string> const& corpus, std::mt19937& random) {
    static const std::string likely = "|^~\\&\r\n\x0b\x1c.+-<>,0123456789\"#\xb5";
    for (auto n = 1 + random() % 6; n > 0 && !text.empty(); --n) {
        const std::size_t at = random() % text.size();
        switch (random() % 5) {
        case 0: text[at] = static_cast<char>(random() % 256); break;
        case 1: text.insert(at, 1, likely[random() % likely.size()]); break;
        case 2: text.erase(at, 1 + random() % 16); break;
        case 3: text += text.substr(at, random() % 200); break;
        default: {
            std::string const& other = corpus[random() % corpus.size()];
            text =
                text.substr(0, at) + other.substr(std::min<std::size_t>(other.size(), random() % (other.size() + 1)));
        }
        }
    }
    return text;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: replay CORPUS-DIRECTORY VARIATIONS\n");
        return 64;
    }
    std::vector<std::filesystem::path> paths;
    for (auto const& entry : std::filesystem::directory_iterator(argv[1])) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> corpus;
    for (auto const& path : paths) {
        std::ifstream in(path, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        corpus.push_back(text.str());
        run(corpus.back());
    }
    if (corpus.empty()) {
        std::fprintf(stderr, "%s: empty\n", argv[1]);
        return 66;
    }
    constexpr unsigned seed = 20261121;
    std::mt19937 random(seed);
    const long variations = std::strtol(argv[2], nullptr, 10);
    for (long i = 0; i < variations; ++i) run(varied(corpus[random() % corpus.size()], corpus, random));
    std::printf("%zu files, %ld variations, seed %u\n", corpus.size(), variations, seed);
    return 0;
}
