// What the memory of scores answers is what an evaluation from scratch answers, in every field, whatever arrives in
// whatever order and whenever it is asked. Seeds are printed; VIGIL_SEED repeats one.

#include "case.hpp"
#include "next_change.hpp"

#include "core/model/canonical.hpp"
#include "core/scores/memory.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <utility>

using namespace vigil;
using model::EventTime;
using test::Given;
using test::names_change;
using test::said;

namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : engine_{seed} {}
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
    std::int64_t within(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
    std::string n(std::int64_t low, std::int64_t high) { return std::to_string(within(low, high)); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T const& of(std::vector<T> const& v) {
        return v[static_cast<std::size_t>(below(static_cast<std::int64_t>(v.size())))];
    }

private:
    std::mt19937_64 engine_;
};

// Each line is a kind of patient's data; a patient has some of them.
using Reading = std::string (*)(Dice&);
const std::vector<Reading> readings = {
    [](Dice& d) {
        return "plt " + d.of<std::string>({"", "", "<", ">"}) + d.n(5, 200);
    },
    [](Dice& d) { return "bili " + d.n(0, 14); },
    [](Dice& d) { return d.chance(70) ? "crea " + d.n(0, 5) + ".4" : "crea " + d.n(40, 500) + " umol/L"; },
    [](Dice& d) { return d.chance(70) ? "pao2 " + d.n(30, 200) : "pao2 " + d.n(5, 25) + " kPa"; },
    [](Dice& d) { return "po2_untyped " + d.n(40, 120); },
    [](Dice& d) {
        return "arterial_gas " + d.of<std::string>({"arterial", "venous"});
    },
    [](Dice& d) { return "paco2 " + d.n(20, 80) + ", sao2 " + d.n(50, 100); },
    [](Dice& d) { return "fio2_set " + d.n(21, 100); },
    [](Dice& d) { return "fio2 " + d.n(21, 100); },
    [](Dice& d) { return "o2_flow " + d.n(1, 10); },
    [](Dice& d) {
        return "resp_device " + d.of<std::string>({"imv", "niv", "nasal_cannula", "room_air", "hfno", "none"});
    },
    [](Dice& d) {
        return "vent_mode " + d.of<std::string>({"controlled", "standby", "cpap", "niv"});
    },
    [](Dice& d) { return "peep_set " + d.n(3, 12) + ", rr_set " + d.n(8, 30) + ", vt_set " + d.n(300, 600); },
    [](Dice& d) { return "peep " + d.n(3, 12); },
    [](Dice& d) { return "map " + d.n(40, 95); },
    [](Dice& d) { return "sbp " + d.n(60, 140) + ", dbp " + d.n(40, 69); },
    [](Dice& d) { return "nibp_map " + d.n(40, 95) + ", nibp_sbp " + d.n(80, 140) + ", nibp_dbp " + d.n(40, 69); },
    [](Dice& d) { return "spo2 " + d.n(80, 100); },
    [](Dice& d) { return "pi 0." + d.n(1, 9); },
    [](Dice& d) {
        return "norepinephrine 0." + d.n(0, 3) + d.of<std::string>({"", "", "", " furlong"});
    },
    [](Dice& d) {
        return "norepinephrine " + d.of<std::string>({"running", "stopped"});
    },
    [](Dice& d) { return "epinephrine " + d.n(0, 30) + " ug/min"; },
    [](Dice& d) {
        return "dopamine " + d.n(0, 50) + d.of<std::string>({"", "", "", " mg/h"});
    },
    [](Dice& d) { return "vasopressin 0.0" + d.n(0, 4); },
    [](Dice& d) { return "propofol " + d.n(0, 2); },
    [](Dice& d) {
        return "midazolam " + d.n(0, 1) + d.of<std::string>({"", "", " furlong"});
    },
    [](Dice& d) {
        return "opioid " + d.of<std::string>({"running", "stopped"});
    },
    [](Dice& d) { return d.chance(70) ? "weight " + d.n(50, 99) : "weight " + d.n(110, 220) + " [lb_av]"; },
    [](Dice& d) { return "gcs_total " + d.n(3, 15); },
    [](Dice& d) {
        return "gcs_eye " + d.n(1, 4) + ", gcs_verbal " + d.of<std::string>({"NT", "5", "1"}) + ", gcs_motor " +
               d.n(1, 6);
    },
    [](Dice& d) { return "gcs_motor " + d.n(1, 6); },
    [](Dice& d) { return "uo " + d.n(0, 300); },
    [](Dice& d) {
        return "uo_day " + d.of<std::string>({"", "", ">"}) + d.n(50, 3000);
    },
    [](Dice& d) {
        return "rrt " + d.of<std::string>({"crrt", "ihd", "sled", "nonrenal", "none", "ended"});
    },
    [](Dice& d) {
        return "ecls " + d.of<std::string>({"vv", "va", "unknown", "ended"});
    },
    [](Dice& d) {
        return "mcs " + d.of<std::string>({"iabp", "rvad", "ended"});
    },
    [](Dice& d) {
        return "ards_imaging " + d.of<std::string>({"bilateral", "not_bilateral"});
    },
    [](Dice& d) {
        return "ards_origin " + d.of<std::string>({"cardiac", "not_cardiac"});
    },
    [](Dice& d) {
        return "ards_onset " + d.of<std::string>({"known", "unknown"});
    },
    [](Dice& d) { return "barometric_pressure " + d.n(560, 760); },
    [](Dice& d) {
        return "k " + d.of<std::string>({"", "", "<", ">"}) + d.n(3, 7) + ", hco3 " + d.n(8, 28);
    },
    [](Dice& d) {
        return "ph " + d.of<std::string>({"", "", "<", ">"}) + "7." + d.n(0, 5) + ", hco3 " + d.n(8, 28);
    },
    [](Dice& d) { return "ph_untyped 7." + d.n(0, 5); },
    [](Dice& d) {
        return d.of<std::string>({"haloperidol ", "quetiapine "}) + d.of<std::string>({"running", "stopped"});
    },
    [](Dice& d) { return "dexmedetomidine 0.0" + d.n(0, 9); },
    [](Dice& d) {
        return "cam " + d.of<std::string>({"positive", "negative"});
    },
    [](Dice& d) {
        return d.of<std::string>({"support_precluded ", "vasoactive_precluded ", "home_antipsychotic "}) +
               d.of<std::string>({"yes", "no"});
    },
    [](Dice& d) {
        return "ecls_indication " + d.of<std::string>({"cardiac", "respiratory", "unknown"});
    },
    [](Dice& d) {
        return "inr " + d.of<std::string>({"", "", "<", ">"}) + d.n(0, 3) + "." + d.n(5, 9);
    },
    [](Dice& d) { return "na " + d.n(118, 142) + ", alb " + d.n(1, 4) + "." + d.n(0, 9); },
    [](Dice& d) {
        return "ddimer " + d.of<std::string>({"", "", "<", ">"}) + d.n(0, 4) + "." + d.n(0, 9);
    },
    [](Dice& d) { return "pt " + d.n(10, 30) + ", fib " + d.n(0, 3) + "." + d.n(0, 9); },
    [](Dice& d) {
        return "ascites " + d.of<std::string>({"none", "mild", "moderate", "severe"});
    },
    [](Dice& d) { return "encephalopathy " + d.n(0, 4); },
    [](Dice&) -> std::string { return "bili 1.4, inr 1.6, crea 1.2, na 130, alb 2.9"; },
    [](Dice& d) {
        return d.of<std::string>({"dic_disorder ", "sepsis "}) + d.of<std::string>({"yes", "yes", "no"});
    },
};
const std::vector<std::string> streams = {"spo2", "map", "sbp", "norepinephrine", "nibp_map", "fio2", "pi"};

std::string at_text(Dice& d, std::int64_t minutes) {
    return "-" + std::to_string(d.below(minutes)) + "min" + (d.chance(10) ? "+" + d.n(1, 59) + "s" : "");
}

std::string with_options(Dice& d, std::string const& what, std::int64_t i) {
    if (what.find(',') != std::string::npos) return what;
    std::string out = what;
    if (d.chance(8)) out += " status=" + d.of<std::string>({"P", "F", "C"}) + " order=o" + std::to_string(i);
    if (d.chance(4)) out += " validity=questionable";
    const auto signal = what.substr(0, what.find(' '));
    const bool lasts = signal == "uo" || signal == "rrt" || signal == "ecls" || signal == "mcs" ||
                       signal.starts_with("a") || signal == "encephalopathy" || signal == "dic_disorder" ||
                       signal == "sepsis";
    if (lasts && d.chance(25)) out += " until=+" + d.n(1, 30) + "h";
    return out;
}

std::string at_minute(std::int64_t before) {
    return (before > 0 ? "-" : "+") + std::to_string(before > 0 ? before : -before) + "min";
}

// Corrections and withdrawals of what has no order: by their instant, with another value or none.
std::string by_instant(Dice& d, std::string const& what, std::string const& at) {
    std::string text;
    for (int k = 0; k < 2; ++k) {
        const bool bare = d.chance(50);
        text += "; " + at + " " + (bare ? what.substr(0, what.find(' ')) : what) + " status=" +
                d.of<std::string>(bare ? std::vector<std::string>{"C", "D", "W", "X", "U"}
                                       : std::vector<std::string>{"C", "P", "F"}) +
                " told=+" + d.n(1, 50) + "s";
    }
    return text;
}

// Volumes over hours, some of them over a day; several of one instant.
std::string volumes(Dice& d, std::int64_t hours) {
    std::string text;
    for (std::int64_t i = d.within(1, 6); i > 0; --i) {
        const auto from = d.below(hours * 60), lasts = d.of<std::int64_t>({60, 480, 1'200, 1'439, 1'440, 1'560, 1'900});
        const auto signal = d.of<std::string>({"uo", "uo_day"});
        for (std::int64_t same = d.of<std::int64_t>({1, 1, 2}); same > 0; --same)
            text += "; " + at_minute(from) + " " + signal + " " + d.n(20, 2500) + " until=" + at_minute(from - lasts);
    }
    return text;
}

// A sedation or circuit that lasts, told now and then, with coma scores and gases before and in it.
std::string courses(Dice& d, std::int64_t hours) {
    std::string text;
    for (std::int64_t i = d.within(1, 3); i > 0; --i) {
        const auto from = d.within(1, hours), to = d.below(from);
        const auto what =
            d.of<std::string>({"propofol 1", "midazolam 2", "opioid running", "neuromuscular_block running",
                               "norepinephrine 0.2", "vasopressin 0.02", "ecls vv", "ecls va"});
        text += "; -" + std::to_string(from) + "h..-" + std::to_string(to) + "h/" +
                d.of<std::string>({"20min", "1h", "5h", "11h", "13h", "25h", "30h", "80h"}) + " " + what;
        if (d.chance(50))
            text += "; " + at_minute(to * 60 - d.below(200)) + " " + what.substr(0, what.find(' ')) + " " +
                    (what.starts_with("ecls")    ? "ended"
                     : what.ends_with("running") ? "stopped"
                                                 : "0");
        const auto before = from * 60 + d.below(40 * 60);
        text += "; " + at_minute(before) + " gcs_total " + d.n(3, 15) + ", pao2 " + d.n(40, 120) + ", fio2 " +
                d.n(21, 90) + ", resp_device imv";
        text += "; " + at_minute(d.within(to, from) * 60) + " gcs_total " + d.n(3, 15);
    }
    return text;
}

// Oxygen that is changed within the minute of a gas.
std::string oxygen(Dice& d, std::int64_t hours) {
    std::string text;
    const auto at = at_minute(d.within(1, hours * 60));
    for (std::int64_t i = d.within(2, 6); i > 0; --i) text += "; " + at + "+" + d.n(0, 59) + "s fio2 " + d.n(21, 90);
    return text + "; " + at + "+" + d.n(0, 59) + "s pao2 " + d.n(40, 150);
}

// Mean, systolic and diastolic by turns, some of them of no use.
std::string pressures(Dice& d, std::int64_t hours) {
    std::string text;
    const auto from = d.within(1, hours * 60);
    for (std::int64_t i = 0; i < 8; ++i) {
        const auto at = "; " + at_minute(from - i * d.within(0, 3)) + "+" + d.n(0, 59) + "s ";
        if (d.chance(60)) text += at + "sbp " + d.n(60, 140) + ", dbp " + d.n(30, 69);
        if (d.chance(60))
            text += "; " + at_minute(from - i) + "+" + d.n(0, 59) + "s map " + d.n(40, 95) +
                    (d.chance(40) ? " validity=questionable" : "");
    }
    return text;
}

// A line and a cuff around the least cut-point, told each minute or now and then: low minutes, flushes, lost pulses.
std::vector<Given> monitored_pressures(Dice& d, std::int64_t hours) {
    std::string text;
    const auto add = [&](std::int64_t minute, std::string const& site, std::int64_t level) {
        const auto mean = level + d.within(-2, 2), pulse = d.chance(85) ? d.within(20, 50) : d.within(0, 6);
        const auto shown = d.chance(90) ? mean : d.within(20, 230);
        auto const at = (text.empty() ? "" : "; ") + at_minute(minute) + "+" + d.n(0, 59) + "s ";
        if (d.chance(85)) text += at + site + "map " + std::to_string(shown);
        if (d.chance(70))
            text += (text.empty() ? "" : "; ") + at_minute(minute) + "+" + d.n(0, 59) + "s " + site + "sbp " +
                    std::to_string(mean + pulse) + ", " + site + "dbp " + std::to_string(mean - pulse / 2);
    };
    for (auto minute = hours * 60; minute > 0;) {
        const bool line = d.chance(60);
        const auto step = d.of<std::int64_t>({1, 1, 1, 2, 3, 60}), level = d.within(66, 76);
        for (auto left = d.within(3, 90); left > 0 && minute > 0; left -= step, minute -= step) {
            if (line) add(minute, "", level);
            if (d.chance(line ? 5 : 50)) add(minute, "nibp_", level - d.within(-3, 6));
        }
        minute -= d.of<std::int64_t>({0, 1, 2, 30});
    }
    return test::parse_input(text);
}

// Readings of `hours`: corrections, retractions, confirmations and repeats among them, and stretches of a stream.
std::vector<Given> patient(Dice& d, std::int64_t hours, std::int64_t count) {
    std::vector<Reading> has;
    for (auto r : readings)
        if (d.chance(45)) has.push_back(r);
    if (has.empty()) has = readings;
    std::string text;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = at_text(d, hours * 60);
        const auto what = d.of(has)(d);
        text += (text.empty() ? "" : "; ") + at + " " + with_options(d, what, i);
        if (what.find(',') == std::string::npos && d.chance(10)) {
            const auto order = " order=o" + std::to_string(i);
            const auto signal = what.substr(0, what.find(' '));
            for (int k = 0; k < 3; ++k) {
                const auto status = d.of<std::string>({"P", "F", "C", "D", "W", "U"});
                const bool marks = status == "D" || status == "W" || status == "U";
                const auto moved = d.chance(20) ? at_text(d, hours * 60) : at;
                text += "; " + moved + " " + (marks ? signal : what) + " status=" + status + order + " told=+" +
                        d.n(1, 50) + "s";
            }
        } else if (what.find(',') == std::string::npos && d.chance(8))
            text += by_instant(d, what, at);
        if (d.chance(2)) {
            const auto from = d.within(1, hours * 60);
            text += "; -" + std::to_string(from) + "min..-" +
                    std::to_string(std::max<std::int64_t>(0, from - d.within(1, 40))) + "min/" +
                    d.of<std::string>({"5s", "20s", "1min"}) + " " + d.of(streams) + " " +
                    d.of<std::string>({"1", "45", "90", "88"});
        }
    }
    for (auto const& more : {volumes, courses, oxygen, pressures})
        if (d.chance(35)) text += more(d, hours);
    return test::parse_input(text);
}

std::vector<model::ScoreKey> keys() {
    std::vector<model::ScoreKey> out;
    for (auto const* k : {"sofa rolling",
                          "sofa now live",
                          "sofa day conventional",
                          "sofa rolling sf_302",
                          "sofa rolling no_surrogate",
                          "sofa now verbal_motor",
                          "ards_berlin rolling",
                          "ards_berlin day live",
                          "sofa2 rolling",
                          "sofa2 now",
                          "sofa2 day conventional",
                          "meld rolling",
                          "meld_na now",
                          "meld3 day",
                          "child_pugh rolling",
                          "child_pugh now conventional",
                          "isth_dic rolling",
                          "isth_dic now",
                          "sic rolling",
                          "sic now live",
                          "sic day"})
        out.push_back(test::parse_key(k));
    return out;
}

struct Place {
    std::uint64_t seed;
    int patient;
};

// The memory beside the timeline it watches, against `evaluate`.
class Watched {
public:
    Watched(model::Retention keep, EventTime opened)
        : memory_{keys_},
          brief_{keys_, scores::Memory::Evidence::unwanted},
          keep_{keep},
          opened_{opened} {}

    void arrive(Given const& g, EventTime now) {
        if (!g.placed) return;
        const auto kind = core::entry(test::rulebook(), g.signal).kind;
        memory_.insert(timeline_, g.signal, kind, g.sample, now, keep_);
        brief_.insert(brief_timeline_, g.signal, kind, g.sample, now, keep_);
    }
    void forget(EventTime now) {
        memory_.forget(timeline_, now, keep_);
        brief_.forget(brief_timeline_, now, keep_);
    }
    void open_at(EventTime t) { opened_ = t; }

    void compare(EventTime at, Dice& d, Place const& where) {
        const scores::Patient who{&timeline_, opened_, {}, {}};
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (d.chance(10)) continue; // a run that is not asked every time
            const auto expected = scores::evaluate(keys_[i], who, at, test::rulebook());
            const auto got = memory_.score(i, who, at, test::rulebook());
            ++compared;
            if (core::encode(got.parts) == core::encode(expected.parts) &&
                core::encode(brief(i, at)) == core::encode(without_evidence(expected.parts)))
                continue;
            std::string stands;
            timeline_.each_sample([&](model::Signal s, model::SignalKind, model::Sample const& x) {
                stands += std::string{model::name_of(s)} + " " +
                          (x.is_word ? std::string{model::name_of(x.word)} : model::to_string(x.value)) + " @" +
                          std::to_string((x.time - test::t0).ms) + " ";
            });
            CAPTURE(where.seed, where.patient, i, (at - test::t0).ms, stands);
            REQUIRE(test::describe(got) == test::describe(expected));
            FAIL("refs or flags differ, or the answer without evidence does");
        }
    }
    // Shares what is not evaluated anew.
    void count_reuse(EventTime at) {
        const scores::Patient who{&timeline_, opened_, {}, {}};
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (!memory_.parts(i, who, at, test::rulebook()).anew) ++reused;
    }
    std::vector<EventTime> dues(EventTime at) {
        const scores::Patient who{&timeline_, opened_, {}, {}};
        std::vector<EventTime> out;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (const auto t = memory_.score(i, who, at, test::rulebook()).next_change) out.push_back(*t);
        return out;
    }
    std::size_t compared = 0, reused = 0;

private:
    using Parts = std::vector<model::ScorePart>;
    static Parts without_evidence(std::span<model::ScorePart const> parts) {
        Parts out{parts.begin(), parts.end()};
        for (auto& p : out) p.evidence.clear();
        return out;
    }
    Parts brief(std::size_t key, EventTime at) {
        const scores::Patient who{&brief_timeline_, opened_, {}, {}};
        return without_evidence(brief_.parts(key, who, at, test::rulebook()).parts);
    }

    std::vector<model::ScoreKey> keys_ = keys();
    model::Timeline timeline_;
    scores::Memory memory_;
    model::Timeline brief_timeline_;
    scores::Memory brief_; // the same without evidence
    model::Retention keep_;
    EventTime opened_;
};

std::uint64_t seed_of_run() {
    if (char const* s = std::getenv("VIGIL_SEED")) return std::strtoull(s, nullptr, 10);
    return 20261126;
}

} // namespace

TEST_CASE("the memory answers as an evaluation from scratch: hour by hour, far behind the newest reading") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t compared = 0;
    for (int p = 0; p < 60; ++p) {
        const auto hours = d.of<std::int64_t>({20, 60, 260});
        auto given = patient(d, hours, d.within(10, 150));
        std::stable_sort(given.begin(), given.end(),
                         [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
        auto keep = test::rulebook().retention;
        const auto behind = model::hours(d.of<std::int64_t>({0, 5, 72}));
        keep.keep_whole = keep.keep_whole + behind;
        keep.keep_minutes = keep.keep_minutes + behind;
        keep.raw_samples = d.chance(50) ? 40 : 2'000;
        const auto start = test::t0 - model::hours(hours);
        Watched w{keep, start};
        auto at = start;
        for (auto const& g : given) {
            for (; at <= g.sample.time - behind; at = at + model::hours(1)) w.compare(at, d, {seed, p});
            if (d.chance(20)) w.forget(g.sample.time);
            w.arrive(g, g.sample.time);
        }
        for (; at <= test::t0 + model::hours(50); at = at + model::hours(1)) w.compare(at, d, {seed, p});
        compared += w.compared;
    }
    CHECK(compared > 40'000);
}

TEST_CASE("the memory answers as an evaluation from scratch: a monitored line and cuff, as their window moves on") {
    const auto seed = seed_of_run() + 2;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    for (int p = 0; p < 8; ++p) {
        constexpr std::int64_t hours = 60;
        auto given = monitored_pressures(d, hours);
        std::stable_sort(given.begin(), given.end(),
                         [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
        const auto start = test::t0 - model::hours(hours);
        Watched w{test::rulebook().retention, start};
        auto at = start;
        std::optional<Given> late;
        for (auto const& g : given) {
            for (; at <= g.sample.time; at = at + model::minutes(d.within(1, 25)) + model::Duration{d.below(60'000)})
                w.compare(at, d, {seed, p});
            if (d.chance(1) && !late) {
                late = g;
                continue;
            }
            w.arrive(g, g.sample.time);
            if (late && d.chance(3)) w.arrive(*std::exchange(late, std::nullopt), g.sample.time);
        }
        for (; at <= test::t0 + model::hours(30); at = at + model::minutes(d.within(1, 60)))
            w.compare(at, d, {seed, p});
    }
}

TEST_CASE("the memory answers as an evaluation from scratch: any order of arrival, any instants") {
    const auto seed = seed_of_run() + 1;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    for (int p = 0; p < 150; ++p) {
        const auto hours = d.of<std::int64_t>({3, 30, 120});
        auto given = patient(d, hours, d.within(5, 60));
        const auto repeats = given.size();
        for (std::size_t i = 0; i < repeats; ++i)
            if (d.chance(15)) given.push_back(given[i]);
        Watched w{test::rulebook().retention, test::t0 - model::hours(hours)};
        auto at = test::t0 - model::hours(hours);
        while (!given.empty()) {
            const auto next = static_cast<std::size_t>(d.below(static_cast<std::int64_t>(given.size())));
            w.arrive(given[next], std::max(at, given[next].sample.time));
            given[next] = given.back();
            given.pop_back();
            if (d.chance(30)) at = at + model::minutes(d.within(0, 90)) + model::Duration{d.below(3)};
            if (d.chance(3)) at = at - model::hours(d.within(1, 20));
            if (d.chance(3)) w.open_at(test::t0 - model::hours(hours + d.within(0, 9)));
            if (d.chance(5)) w.forget(at);
            if (d.chance(50)) w.compare(at, d, {seed, p});
        }
        // Then nothing arrives any more; each instant that is named, the last before it, and others.
        for (int i = 0; i < 60; ++i) {
            const auto dues = w.dues(at);
            auto next = at + model::minutes(d.within(1, 300));
            if (!dues.empty() && d.chance(70)) {
                next = d.of(dues);
                if (d.chance(40)) w.compare(std::max(at, next - model::Duration{1}), d, {seed, p});
            }
            at = std::max(at, next);
            w.compare(at, d, {seed, p});
        }
    }
}

TEST_CASE("next_change names when only a sedative nobody has heard of is left") {
    names_change("-40h midazolam 2; -41h gcs_total 15; -2h..-10min/10min propofol 1; 0 propofol 0", "sofa now live",
                 "0", "+1ms");
}

TEST_CASE("next_change names when sedation that was known up to the question leaves the window") {
    names_change("-40h midazolam 2; -41h gcs_total 15; -2h..-10min/10min propofol 1; 0 propofol 0", "sofa rolling", "0",
                 "+24h");
}

TEST_CASE("next_change names when a volume collected over hours begins to count, and when it is forgotten") {
    names_change("-2h uo 20 until=+1h; -23h uo 30 until=-2h", "sofa rolling", "0", "+1h");
    names_change("-20h uo_day 90 until=+4h", "sofa rolling", "0", "+4h");
    names_change("-20h uo_day 90 until=+4h", "sofa now", "0", "+4h");
    // Forgotten as too long ago, it no longer tells how long the next volume was collected.
    names_change("-71h uo 500 until=-51h; -45h-30min uo 600; -45h..-22h/1h uo 10", "sofa rolling", "+1h", "+1h+1ms");
}

TEST_CASE("next_change names when a circuit ends, leaves the window, or is no longer told from one that never was") {
    names_change("-30h ecls vv; -20h ecls vv until=+5h", "ards_berlin", "0", "+5h");
    names_change("-10h rrt crrt; 0 rrt ended", "sofa rolling live", "0", "+24h-1ms");
    names_change("-2h rrt crrt until=0", "sofa rolling live", "0", "+24h-1ms");
}

TEST_CASE("next_change names when the median of a quarter hour loses its first saturation") {
    names_change("-2h fio2 50, resp_device imv; -2h+1min spo2 95; -2h+2min spo2 90; -2h+3min spo2 80", "sofa rolling",
                 "0", "+22h+1min");
}

TEST_CASE("next_change names when it is no longer known how oxygenation was in the week after an insult") {
    names_change(
        "-164h ards_onset known; -164h ards_imaging bilateral, ards_origin not_cardiac; +90h pao2 80, fio2 50, "
        "resp_device imv, peep_set 8",
        "ards_berlin", "+100h", "+104h+1ms");
}

TEST_CASE("next_change names every instant at which a value changes") {
    const auto seed = seed_of_run() + 2;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t compared = 0;
    for (int p = 0; p < 150; ++p) {
        const auto hours = d.of<std::int64_t>({3, 30, 120});
        const auto given = patient(d, hours, d.within(5, 60));
        const auto t = test::timeline_of(given);
        const scores::Patient who{&t, test::t0 - model::hours(hours), {}, {}};
        // Where something begins, ends, leaves a window or grows old, to the millisecond.
        std::vector<EventTime> edges;
        for (auto const& g : given)
            for (auto from : {g.sample.time, g.sample.until.value_or(g.sample.time)})
                for (auto later : {0, 1, 12, 24, 36, 48, 72, 168})
                    edges.push_back(from + model::hours(later) + model::Duration{d.within(-1, 1)});
        for (auto const& key : keys())
            for (int i = 0; i < 40; ++i) {
                const auto at = d.of(edges);
                const auto now = scores::evaluate(key, who, at, test::rulebook());
                const auto named = now.next_change.value_or(at + model::hours(100));
                for (auto const& t2 : {at + model::Duration{1}, named - model::Duration{1},
                                       at + model::Duration{d.below((named - at).ms)}}) {
                    if (t2 <= at || t2 >= named) continue;
                    const auto then = scores::evaluate(key, who, t2, test::rulebook());
                    ++compared;
                    if (said(then) == said(now)) continue;
                    CAPTURE(seed, p, i, model::name_of(key.id), model::name_of(key.product), (at - test::t0).ms,
                            (t2 - at).ms, (named - t2).ms);
                    CHECK(test::describe(then) == test::describe(now));
                }
            }
    }
    CHECK(compared > 80'000);
}

TEST_CASE("what was not looked at is not evaluated again") {
    const auto given = test::parse_input("-20h plt 90, bili 3, crea 2, pao2 80, fio2 50, resp_device imv, map 66, "
                                         "gcs_total 14; -10h..0/1h spo2 93");
    Watched w{test::rulebook().retention, test::t0 - model::hours(20)};
    for (auto const& g : given) w.arrive(g, test::t0);
    std::size_t asked = 0;
    for (auto at = test::t0 - model::hours(9); at <= test::t0; at = at + model::hours(1), ++asked) w.count_reuse(at);
    // The gas decides, so that no saturation is looked at: only `now` and its fresh limits are.
    CHECK(w.reused * 2 > asked * keys().size());
}
