// A power cut at any moment: nothing acknowledged is lost, the chain holds, and the state is that of the events that
// survived. The same harness must catch the two durabilities that are weaker than the product's.

#include "tests/faults/store/fault_vfs.hpp"
#include "tests/unit/store/ward.hpp"

#include "core/model/hex.hpp"
#include "store/verify.hpp"
#include "store/watermark.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

using namespace vigil;
using namespace vigil::testing;

namespace {

unsigned number_from(char const* variable, unsigned otherwise) {
    char const* text = std::getenv(variable);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

struct Acked {
    std::size_t position = 0; // in the disk's notes
    bool synced = false;      // the watermark too: a segment was opened
    store::Watermark mark;
};

// What the sender knows, kept by the sender.
struct Books {
    std::vector<DiskOp> ops;
    std::size_t base = 0; // everything before is durable: the first batch
    std::vector<Acked> acked;
    std::map<std::uint64_t, std::string> states; // after each batch, by its last sequence
};

std::string digest(core::State const& state) { return model::hex(store::chain({}, 0, {}, 0, 0, core::encode(state))); }

Books run_ward(store::Durability durability, unsigned seed) {
    const TempDir dir;
    FaultVfs disk;
    auto options = options_for(dir);
    options.vfs = disk.name();
    options.durability = durability;
    // So that rotations and checkpoints lie in the window, and commits between them: a segment begins with the
    // rulebook.
    options.rotate_at_wal_bytes = shipped_rulebook()->bytes.size() + 160 * 1024;
    options.frames_per_block = 16;
    Books books;
    Ward ward{seed, 2};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        const auto keep = [&](store::Committed const& back, bool opened) {
            const auto mark = store::read_watermark(options.directory);
            REQUIRE(mark.mark.seq == back.last_seq);
            books.acked.push_back({disk.position(), opened, mark.mark});
            books.states[back.last_seq] = digest(ward.engine().state());
        };
        auto back = commit(thread, ward.opening());
        if (durability != store::Durability::full) // the weak modes begin with a journal that is safely there
            for (auto const* file : {"000001.vigil", "000001.vigil-wal"}) disk.note({DiskOp::Kind::sync, file, 0, {}});
        keep(back, true);
        books.base = disk.position();
        for (int i = 0; i < 120; ++i) {
            store::Batch b;
            const bool opens = back.rotation_due;
            if (opens) ward.open_segment(b);
            ward.second(b);
            if (i % 9 == 8) ward.snapshot(b);
            back = commit(thread, std::move(b));
            keep(back, opens);
        }
    }
    books.ops = disk.ops();
    const auto segments =
        std::count_if(books.acked.begin(), books.acked.end(), [](Acked const& a) { return a.synced; });
    INFO(segments << " segments in " << books.acked.size() << " commits");
    REQUIRE(segments >= 8);
    REQUIRE(books.acked.size() >= 4 * static_cast<std::size_t>(segments));
    return books;
}

struct Tally {
    int good = 0, lost = 0, refused = 0;
    int named = 0; // recovered, and `vigil verify` says what is missing further back
    int wrong = 0; // nobody says so
    std::string first;
};

void judge(Books const& books, std::size_t crash, std::mt19937& random, std::filesystem::path const& place,
           Tally& tally, bool deep) {
    auto options = options_for(place);
    make_crash_state(books.ops, crash, random, options.directory);
    Acked const* last = nullptr;
    Acked const* synced = nullptr;
    for (auto const& a : books.acked) {
        if (a.position > crash) break;
        last = &a;
        if (a.synced) synced = &a;
    }
    // Between the last version that was synced and the last that was written, any may have survived.
    if (last != nullptr) {
        const auto choice = static_cast<std::ptrdiff_t>(random() % static_cast<unsigned>(last - synced + 1));
        store::WatermarkFile{options.directory}.write((random() % 2 == 0 ? last : synced + choice)->mark);
    }
    auto r = store::recover(options, rulebooks());
    if (!r) {
        ++tally.refused;
        if (tally.first.empty()) tally.first = r.refusal().where + ": " + r.refusal().what;
        return;
    }
    const auto seq = r->next_seq - 1;
    if (last != nullptr && seq < last->mark.seq) {
        ++tally.lost;
        return;
    }
    const auto state = books.states.find(seq);
    const bool good = seq == 0 || (state != books.states.end() && state->second == digest(r->state));
    if (deep && good && seq != 0) {
        { // the journal goes on
            Ward ward{*r, 1, 2};
            store::CommitThread thread{std::move(r->journal)};
            store::Batch b;
            ward.second(b);
            commit(thread, std::move(b));
        }
        const auto report = store::verify(options.directory, rulebooks(), {});
        if (report.problem) {
            ++tally.named;
            if (tally.first.empty()) tally.first = report.problem->where + ": " + report.problem->what;
            return;
        }
    }
    ++(good ? tally.good : tally.wrong);
}

Tally run(store::Durability durability, unsigned states, unsigned seed) {
    const auto books = run_ward(durability, seed);
    std::mt19937 random{seed};
    const TempDir place;
    Tally tally;
    for (unsigned i = 0; i < states; ++i)
        judge(books, books.base + random() % (books.ops.size() - books.base + 1), random, place, tally, i % 50 == 0);
    std::cout << "power loss: seed " << seed << ", " << books.ops.size() << " disk operations, " << states
              << " states: " << tally.good << " good, " << tally.lost << " lost, " << tally.refused << " refused, "
              << tally.named << " named, " << tally.wrong << " wrong " << tally.first << '\n';
    return tally;
}

unsigned seed() { return number_from("VIGIL_SEED", 20261121); }

} // namespace

TEST_CASE("power loss: synchronous=FULL loses nothing that was acknowledged") {
    const auto states = number_from("VIGIL_CRASH_STATES", 5'000 / share_of_states);
    const auto t = run(store::Durability::full, states, seed());
    CHECK(t.good == static_cast<int>(states));
    CHECK(t.lost == 0);
    CHECK(t.refused == 0);
    CHECK(t.named == 0);
    CHECK(t.wrong == 0);
}

TEST_CASE("power loss: synchronous=NORMAL is caught") {
    const auto t = run(store::Durability::normal, 400, seed());
    CHECK(t.lost + t.refused > 20);
    CHECK(t.wrong == 0);
}

TEST_CASE("power loss: synchronous=OFF is caught") {
    const auto t = run(store::Durability::off, 400, seed());
    CHECK(t.lost + t.refused > 20);
}
