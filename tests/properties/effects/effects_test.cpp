// The same events give the same effects, byte for byte, under every compiler: a seeded ward is stepped through the
// whole core and the canonical bytes of every effect are hashed. The golden value is committed with the core version it
// belongs to; the g++ and the clang++ build both have to meet it. VIGIL_WRITE_GOLDEN=1 writes it anew, after
// core_version was raised.

#include "core/intake.hpp"
#include "core/model/canonical.hpp"
#include "tests/stories/bedside.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <sstream>

using namespace vigil;
using model::EventTime;
using model::LogTime;
using model::Signal;

namespace {

constexpr std::int64_t begin_ms = 1'772'323'200'000;
constexpr std::uint64_t seed = 20'261'121;

// SplitMix64: no distribution of the standard library, whose results differ between implementations.
class Dice {
public:
    explicit Dice(std::uint64_t s)
        : state_{s} {}
    std::int64_t upto(std::int64_t n) {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return static_cast<std::int64_t>((z ^ (z >> 31U)) % static_cast<std::uint64_t>(n));
    }

private:
    std::uint64_t state_;
};

struct Kind {
    Signal signal;
    char const* unit;
    std::int64_t low, high; // mantissa
    std::uint8_t scale;
};
constexpr std::array kinds = {
    Kind{Signal::plt, "10*9/L", 5, 400, 0},       Kind{Signal::bili, "mg/dL", 3, 140, 1},
    Kind{Signal::bili, "umol/L", 5, 260, 0},      Kind{Signal::crea, "mg/dL", 5, 60, 1},
    Kind{Signal::crea, "umol/L", 40, 500, 0},     Kind{Signal::map, "mm[Hg]", 45, 110, 0},
    Kind{Signal::nibp_map, "mm[Hg]", 45, 110, 0}, Kind{Signal::pao2, "mm[Hg]", 450, 1400, 1},
    Kind{Signal::fio2_set, "%", 21, 101, 0},      Kind{Signal::peep_set, "cm[H2O]", 0, 18, 0},
    Kind{Signal::spo2, "%", 80, 101, 0},          Kind{Signal::norepinephrine, "ug/kg/min", 0, 40, 2},
    Kind{Signal::gcs_eye, "{score}", 1, 5, 0},    Kind{Signal::gcs_verbal, "{score}", 1, 6, 0},
    Kind{Signal::gcs_motor, "{score}", 1, 7, 0},  Kind{Signal::uo, "mL", 0, 200, 0},
    Kind{Signal::k, "mmol/L", 18, 90, 1},         Kind{Signal::map, "mm[Hg]", 0, 900, 0},
};

testing::Told reading(Dice& dice, EventTime now) {
    testing::Told t;
    if (dice.upto(12) == 0) {
        constexpr std::array devices = {model::Word::imv, model::Word::niv, model::Word::nasal_cannula,
                                        model::Word::room_air};
        t.signal = Signal::resp_device;
        t.value.kind = model::Value::Kind::word;
        t.value.word = devices[static_cast<std::size_t>(dice.upto(4))];
    } else {
        auto const& kind = kinds[static_cast<std::size_t>(dice.upto(kinds.size()))];
        t.signal = kind.signal;
        t.unit = kind.unit;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {kind.low + dice.upto(kind.high - kind.low), kind.scale};
    }
    t.time = now - model::seconds(dice.upto(3) == 0 ? dice.upto(6 * 3600) : dice.upto(30));
    if (t.signal == Signal::norepinephrine) t.pump = t.value.number.mantissa % 3 == 0 ? "left" : "right";
    if (t.signal == Signal::uo) t.until = t.time + model::hours(1);
    if (dice.upto(9) == 0) {
        t.order = "order" + std::to_string(dice.upto(20));
        t.status = dice.upto(2) == 0 ? model::Status::corrected : model::Status::preliminary;
    }
    return t;
}

std::uint64_t run_ward(core::Rulebook const& rules) {
    Dice dice{seed};
    testing::Bedside ward{rules, {begin_ms}};
    std::uint64_t hash = 14695981039346656037ULL;
    std::uint64_t effects = 0;
    const auto add = [&] {
        core::Encoder bytes;
        bytes(ward.last_effects());
        effects += ward.last_effects().size();
        hash = core::digest64(bytes.bytes(), hash);
    };
    constexpr int beds = 6;
    for (int b = 0; b < beds; ++b) {
        ward.census({begin_ms}, core::CensusKind::admit, "v" + std::to_string(b), "p" + std::to_string(b),
                    model::Location{"icu", "b" + std::to_string(b)});
        add();
    }
    LogTime at{begin_ms};
    for (int n = 0; n < 900; ++n) {
        at = at + model::seconds(1 + dice.upto(60));
        const auto bed = dice.upto(beds);
        if (dice.upto(400) == 0) {
            const auto to = model::Location{"icu", "b" + std::to_string(beds + dice.upto(4))};
            ward.census(at, dice.upto(2) == 0 ? core::CensusKind::transfer : core::CensusKind::cancel_transfer,
                        "v" + std::to_string(bed), "p" + std::to_string(bed), to);
            add();
            continue;
        }
        model::Subject subject;
        if (dice.upto(4) != 0)
            subject.visit = "v" + std::to_string(bed);
        else
            subject.location = model::Location{"icu", "b" + std::to_string(bed)};
        std::vector<testing::Told> told;
        for (auto count = 1 + dice.upto(4); count > 0; --count) told.push_back(reading(dice, model::patient_now(at)));
        ward.tell(at, dice.upto(2) == 0 ? "monitors" : "laboratory", subject, told);
        add();
    }
    CHECK(effects > 400);
    const auto state = core::encode(ward.state());
    const auto back = core::decode<core::State>(state);
    REQUIRE(back);
    CHECK(core::encode(*back) == state);
    return core::digest64(state, hash);
}

// By the delivered rules; the ward is run once for both tests, which takes minutes under a sanitizer.
std::uint64_t hash_as_shipped() {
    static const auto hash = run_ward(testing::shipped_rulebook());
    return hash;
}

std::string shown(std::uint64_t hash) {
    std::ostringstream out;
    out << core::core_version << ' ' << std::hex << std::setw(16) << std::setfill('0') << hash;
    return out.str();
}

} // namespace

TEST_CASE("the effects of a seeded ward are the same bytes under every compiler", "[effects]") {
    INFO("seed " << seed);
    const auto hash = hash_as_shipped();
    char const* root = std::getenv("VIGIL_ROOT");
    const std::string file = std::string{root == nullptr ? "." : root} + "/tests/properties/effects/golden.txt";
    if (std::getenv("VIGIL_WRITE_GOLDEN") != nullptr) std::ofstream{file} << shown(hash) << '\n';
    std::ifstream in{file};
    std::string golden;
    std::getline(in, golden);
    CHECK(golden == shown(hash));
}

TEST_CASE("one different reading gives another hash", "[effects]") {
    auto rules = testing::shipped_rulebook();
    // A cut-point that moved by one unit of last place must be noticed.
    rules.tables.sofa.columns.front().bands.front().bound.mantissa += 1;
    CHECK(run_ward(rules) != hash_as_shipped());
}
