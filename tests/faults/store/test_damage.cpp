// Flipped bits and cut files: noticed by the start or by verify, or without any effect on what is read.

#include "tests/unit/store/ward.hpp"

#include "core/model/hex.hpp"
#include "store/reader.hpp"
#include "store/verify.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <random>

using namespace vigil;
using namespace vigil::testing;

namespace {

std::string everything_read(std::filesystem::path const& directory) {
    store::Reader reader{directory};
    store::ReadRequest request;
    request.kinds.set();
    request.max_bytes = 1U << 30;
    request.max_rows = request.max_scanned = 1U << 30;
    const auto page = reader.read(request);
    if (!page) return "unreadable";
    store::Hash all{};
    for (auto const& row : page->rows) all = store::chain(all, row.seq, row.at, row.kind, row.cause, row.body);
    return model::hex(all);
}

struct Journal {
    TempDir dir;
    store::Options options = options_for(dir);
    std::string state, rows;
    std::vector<std::filesystem::path> files;

    Journal() {
        options.frames_per_block = 40;
        Ward ward{31, 3};
        {
            store::CommitThread thread{std::move(recovered(options).journal)};
            commit(thread, ward.opening());
            for (int i = 0; i < 45; ++i) {
                store::Batch b;
                if (i == 15 || i == 30) ward.open_segment(b);
                ward.second(b);
                if (i == 37) ward.snapshot(b);
                commit(thread, std::move(b));
            }
        }
        state = core::encode(ward.engine().state());
        rows = everything_read(options.directory);
        for (auto const& entry : std::filesystem::directory_iterator{options.directory})
            if (entry.path().string().ends_with("-shm"))
                std::filesystem::remove(entry.path());
            else
                files.push_back(entry.path());
        std::sort(files.begin(), files.end());
    }

    enum class Outcome { refused, found_by_verify, harmless, unnoticed };
    Outcome judge() const {
        {
            const auto r = store::recover(options, rulebooks());
            if (!r) return Outcome::refused;
            if (core::encode(r->state) != state) return Outcome::unnoticed;
        }
        const auto report = store::verify(options.directory, rulebooks(), {});
        if (report.problem) return Outcome::found_by_verify;
        return everything_read(options.directory) == rows ? Outcome::harmless : Outcome::unnoticed;
    }
};

std::uint64_t seeds(std::uint64_t otherwise) {
    char const* text = std::getenv("VIGIL_DAMAGE_SEEDS");
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string bytes_of(std::filesystem::path const& file) {
    std::unique_ptr<FILE, int (*)(FILE*)> in{std::fopen(file.c_str(), "rb"), std::fclose};
    std::string out(std::filesystem::file_size(file), '\0');
    REQUIRE(std::fread(out.data(), 1, out.size(), in.get()) == out.size());
    return out;
}

void write_back(std::filesystem::path const& file, std::string const& bytes) {
    std::unique_ptr<FILE, int (*)(FILE*)> out{std::fopen(file.c_str(), "wb"), std::fclose};
    REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), out.get()) == bytes.size());
}

void tell(char const* what, std::array<int, 4> const& n) {
    std::cout << what << ": seed 77, " << n[0] << " refused at start, " << n[1] << " found by verify, " << n[2]
              << " harmless, " << n[3] << " unnoticed\n";
}

} // namespace

TEST_CASE("one flipped bit anywhere is noticed or harmless") {
    const Journal j;
    std::mt19937_64 random{77};
    std::array<int, 4> n{};
    for (std::uint64_t i = 0; i < seeds(1000 / share_of_states); ++i) {
        auto const& file = j.files[random() % j.files.size()];
        const auto bit = random() % (std::filesystem::file_size(file) * 8);
        flip_bit(file, bit);
        const auto outcome = j.judge();
        ++n[static_cast<std::size_t>(outcome)];
        if (outcome == Journal::Outcome::unnoticed) UNSCOPED_INFO(file.filename() << " bit " << bit);
        flip_bit(file, bit);
        for (auto const& entry : std::filesystem::directory_iterator{j.options.directory})
            if (entry.path().string().ends_with("-shm")) std::filesystem::remove(entry.path());
    }
    tell("bit flips", n);
    CHECK(n[3] == 0);
    CHECK(n[0] > 0);
    CHECK(n[1] > 0);
    CHECK(j.judge() == Journal::Outcome::harmless);
}

TEST_CASE("a file cut anywhere is noticed or harmless") {
    const Journal j;
    std::mt19937_64 random{77};
    std::array<int, 4> n{};
    for (std::uint64_t i = 0; i < seeds(1000 / share_of_states) / 4; ++i) {
        auto const& file = j.files[random() % j.files.size()];
        const auto whole = bytes_of(file);
        std::filesystem::resize_file(file, random() % whole.size());
        const auto before = fingerprint(j.options.directory);
        const auto outcome = j.judge();
        ++n[static_cast<std::size_t>(outcome)];
        if (outcome == Journal::Outcome::unnoticed) UNSCOPED_INFO(file.filename());
        if (outcome == Journal::Outcome::refused) CHECK(fingerprint(j.options.directory) == before);
        write_back(file, whole);
        for (auto const& entry : std::filesystem::directory_iterator{j.options.directory})
            if (entry.path().string().ends_with("-shm")) std::filesystem::remove(entry.path());
    }
    tell("truncations", n);
    CHECK(n[3] == 0);
    CHECK(j.judge() == Journal::Outcome::harmless);
}
