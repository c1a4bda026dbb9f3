// May a rule use this reading? One row a case: what an interface engineer would try.

#include "core/intake.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using core::Mapping;
using model::Channel;
using model::CodeSystem;
using model::Decimal;
using model::DeviceTime;
using model::Reading;
using model::Reason;
using model::Signal;
using model::SignalKind;
using model::Unit;

namespace {

core::Rulebook small_rulebook() {
    core::Rulebook r;
    for (std::size_t i = 0; i < model::signal_count; ++i) {
        core::VocabularyEntry e;
        e.signal = static_cast<Signal>(i);
        e.kind = SignalKind::monitor;
        r.vocabulary.push_back(e);
    }
    const auto at = [&r](Signal s) -> core::VocabularyEntry& { return r.vocabulary[static_cast<std::size_t>(s)]; };
    at(Signal::map) = {Signal::map,    SignalKind::monitor, Unit::mmHg,     {"76214-6"},     {"150039"},        {},
                       Decimal{10, 0}, Decimal{250, 0},     Decimal{30, 0}, Decimal{180, 0}, model::minutes(5), {},
                       false};
    at(Signal::fio2) = {Signal::fio2,
                        SignalKind::setting,
                        Unit::percent,
                        {"3150-6"},
                        {"152196"},
                        {},
                        Decimal{15, 0},
                        Decimal{100, 0},
                        {},
                        {},
                        model::hours(4),
                        {},
                        false};
    at(Signal::fio2_set) = at(Signal::fio2);
    at(Signal::fio2_set).signal = Signal::fio2_set;
    at(Signal::fio2_set).loinc = {"19994-3"};
    at(Signal::fio2_set).mdc = {};
    at(Signal::po2_untyped).loinc = {"11556-8"};
    at(Signal::po2_untyped).canonical = Unit::mmHg;
    at(Signal::pao2).canonical = Unit::mmHg;
    at(Signal::gcs_verbal).words = {model::Word::NT};
    at(Signal::gcs_verbal).canonical = Unit::score;
    at(Signal::gcs_verbal).loinc = {"9270-0"};
    at(Signal::opioid).atc = {"N02A*"};
    at(Signal::opioid).kind = SignalKind::infusion;
    at(Signal::opioid).canonical = Unit::ug_per_kg_min;
    at(Signal::map).conversions = {{Signal::map, Unit::kPa, {}, Decimal{750062, 5}, Decimal{1, 0}, std::nullopt}};
    for (const auto s : {Signal::fio2, Signal::fio2_set})
        at(s).conversions = {{s, Unit::fraction, {}, Decimal{100, 0}, Decimal{1, 0}, std::nullopt}};
    return r;
}

Channel channel(CodeSystem system, std::string code, std::string unit) {
    Channel c;
    c.source = {1};
    c.system = system;
    c.code = std::move(code);
    c.unit = std::move(unit);
    return c;
}

Reading number(char const* text, std::int64_t at_ms = 1'000'000) {
    Reading r;
    r.channel = {1};
    r.value.kind = model::Value::Kind::number;
    r.value.number = *model::parse_decimal(text);
    r.time = DeviceTime{at_ms};
    return r;
}

core::Interpreted take(core::Rulebook const& rules, Channel const& c, Reading const& r,
                       std::optional<model::Duration> offset = {}, std::string_view order = "") {
    core::Origin origin;
    origin.message_time = DeviceTime{2'000'000};
    origin.at = {1'000'000};
    origin.clock_offset = offset;
    origin.seq = 7;
    return core::interpret(rules, core::map_channel(rules, "monitor", c), c, r, 3, order, origin);
}

} // namespace

TEST_CASE("a code means what the vocabulary says, unless this feed's map says otherwise") {
    auto rules = small_rulebook();
    CHECK(core::map_channel(rules, "monitor", channel(CodeSystem::MDC, "150039", "mm[Hg]")).signal == Signal::map);
    CHECK(core::map_channel(rules, "monitor", channel(CodeSystem::LOCAL, "ABPm", "mm[Hg]")).reason == Reason::unmapped);
    CHECK(core::map_channel(rules, "monitor", channel(CodeSystem::MDC, "150039", "furlong")).reason ==
          Reason::unknown_unit);
    CHECK(core::map_channel(rules, "monitor", channel(CodeSystem::ATC, "N02AB03", "ug/h")).signal == Signal::opioid);
    rules.source_maps.push_back({"monitor", CodeSystem::LOCAL, "ABPm", "", Signal::map, Unit::mmHg});
    CHECK(core::map_channel(rules, "monitor", channel(CodeSystem::LOCAL, "ABPm", "")).signal == Signal::map);
    CHECK(core::map_channel(rules, "elsewhere", channel(CodeSystem::LOCAL, "ABPm", "")).reason == Reason::unmapped);
}

TEST_CASE("in which salt a feed tells norepinephrine is said of the feed") {
    auto rules = small_rulebook();
    auto& drug = rules.vocabulary[static_cast<std::size_t>(Signal::norepinephrine)];
    drug.kind = SignalKind::infusion;
    drug.canonical = Unit::ug_per_kg_min;
    drug.atc = {"C01CA03"};
    rules.tables.sofa.salts = {{"base", {1, 0}}, {"tartrate", {189, 2}}};
    rules.sources.push_back({"pumps", false, {}, false, "tartrate"});
    const auto salt = [&](char const* source, char const* atc) {
        return core::map_channel(rules, source, channel(CodeSystem::ATC, atc, "ug/kg/min")).salt;
    };
    CHECK(salt("pumps", "C01CA03") == model::SaltId{2});
    CHECK_FALSE(salt("other pumps", "C01CA03").known());
    CHECK_FALSE(salt("pumps", "N02AB03").known()); // another drug
    rules.norepinephrine_as = "base";
    CHECK(salt("pumps", "C01CA03") == model::SaltId{2});
    CHECK(salt("other pumps", "C01CA03") == model::SaltId{1});
    CHECK(take(rules, channel(CodeSystem::ATC, "C01CA03", "ug/kg/min"), number("0.2")).sample.salt == model::SaltId{1});
}

TEST_CASE("a name tells pumps of one drug apart, the number of a row does not") {
    const auto rules = small_rulebook();
    const auto pump = [&](std::string const& sub_id) {
        Channel c;
        c.system = CodeSystem::ATC;
        c.code = "N02AB03";
        c.unit = "ug/kg/min";
        c.sub_id = sub_id;
        return core::map_channel(rules, "pumps", c).pump;
    };
    CHECK(pump("P7.1.2").known());
    CHECK(pump("P7.1.2") == pump("P7.1.2"));
    CHECK(pump("P7.1.2") != pump("P7.1.3"));
    CHECK_FALSE(pump("").known());
    CHECK_FALSE(pump("3").known());
    Channel pressure;
    pressure.system = CodeSystem::LN;
    pressure.code = "76214-6";
    pressure.unit = "mm[Hg]";
    pressure.sub_id = "1.1.1.4";
    CHECK_FALSE(core::map_channel(rules, "monitor", pressure).pump.known());
}

TEST_CASE("a laboratory code of urine or another fluid is not the blood's") {
    auto rules = small_rulebook();
    rules.vocabulary[static_cast<std::size_t>(Signal::po2_untyped)].kind = SignalKind::laboratory;
    auto c = channel(CodeSystem::LN, "11556-8", "mm[Hg]");
    CHECK(core::map_channel(rules, "lab", c).reason == Reason::none);
    c.specimen = model::Specimen::other; // unknown words are no reason
    CHECK(core::map_channel(rules, "lab", c).reason == Reason::none);
    c.specimen = model::Specimen::not_blood;
    CHECK(core::map_channel(rules, "lab", c).reason == Reason::not_blood);
}

TEST_CASE("a day's volume of urine is of urine, by a code of the house as by LOINC") {
    auto rules = small_rulebook();
    auto& e = rules.vocabulary[static_cast<std::size_t>(Signal::uo_day)];
    e.kind = SignalKind::laboratory;
    e.canonical = model::Unit::mL;
    rules.source_maps.push_back({"lab", CodeSystem::LOCAL, "U24", "mL", Signal::uo_day, model::Unit::mL});
    auto c = channel(CodeSystem::LOCAL, "U24", "mL");
    c.specimen = model::Specimen::not_blood;
    const auto mapping = core::map_channel(rules, "lab", c);
    CHECK(mapping.signal == Signal::uo_day);
    CHECK(mapping.reason == Reason::none);
}

TEST_CASE("specimen and method decide what a code leaves open") {
    const auto rules = small_rulebook();
    auto gas = channel(CodeSystem::LN, "11556-8", "mm[Hg]");
    CHECK(core::map_channel(rules, "lab", gas).signal == Signal::po2_untyped);
    gas.specimen = model::Specimen::arterial;
    CHECK(core::map_channel(rules, "lab", gas).signal == Signal::pao2);
    auto fio2 = channel(CodeSystem::MDC, "152196", "%");
    CHECK(core::map_channel(rules, "vent", fio2).signal == Signal::fio2);
    fio2.method = model::Method::setting;
    CHECK(core::map_channel(rules, "vent", fio2).signal == Signal::fio2_set);
    // A rate that somebody set is none that was counted; of a mean pressure there is no setting.
    auto rate = channel(CodeSystem::MDC, "151562", "/min");
    auto with_rates = rules;
    for (const auto s : {Signal::rr, Signal::rr_set}) {
        with_rates.vocabulary[static_cast<std::size_t>(s)].canonical = Unit::per_min;
        with_rates.vocabulary[static_cast<std::size_t>(s)].kind = SignalKind::setting;
    }
    with_rates.vocabulary[static_cast<std::size_t>(Signal::rr)].kind = SignalKind::monitor;
    with_rates.vocabulary[static_cast<std::size_t>(Signal::rr)].mdc = {"151562"};
    CHECK(core::map_channel(with_rates, "vent", rate).signal == Signal::rr);
    rate.method = model::Method::setting;
    CHECK(core::map_channel(with_rates, "vent", rate).signal == Signal::rr_set);
    auto pressure = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    pressure.method = model::Method::setting;
    CHECK(core::map_channel(rules, "vent", pressure).reason == Reason::unmapped);
}

TEST_CASE("blood from a vein is not judged by the rules of an artery's, whatever its code says") {
    auto rules = small_rulebook();
    const auto laboratory = [&](Signal s, char const* loinc, Unit unit) {
        auto& e = rules.vocabulary[static_cast<std::size_t>(s)];
        e.kind = SignalKind::laboratory;
        e.canonical = unit;
        if (loinc != nullptr) e.loinc = {loinc};
    };
    laboratory(Signal::ph, "2744-1", Unit::ph);
    laboratory(Signal::ph_untyped, nullptr, Unit::ph);
    laboratory(Signal::paco2, "2019-8", Unit::mmHg);
    laboratory(Signal::pco2_untyped, nullptr, Unit::mmHg);
    const auto meant = [&](char const* code, char const* unit, model::Specimen specimen) {
        auto c = channel(CodeSystem::LN, code, unit);
        c.specimen = specimen;
        return core::map_channel(rules, "lab", c).signal;
    };
    using model::Specimen;
    CHECK(meant("2744-1", "[pH]", Specimen::unspecified) == Signal::ph);
    CHECK(meant("2744-1", "[pH]", Specimen::arterial) == Signal::ph);
    CHECK(meant("2744-1", "[pH]", Specimen::venous) == Signal::ph_untyped);
    CHECK(meant("2019-8", "mm[Hg]", Specimen::arterial) == Signal::paco2);
    CHECK(meant("2019-8", "mm[Hg]", Specimen::mixed_venous) == Signal::pco2_untyped);
    CHECK(meant("2019-8", "mm[Hg]", Specimen::capillary) == Signal::pco2_untyped);
}

TEST_CASE("what is withdrawn under its order stands no longer, whatever is wrong with the message that says so") {
    const auto rules = small_rulebook();
    const auto map = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    const auto taken = [&](Reading const& r, std::string_view order) { return take(rules, map, r, {}, order); };
    for (const auto status : {model::Status::deleted, model::Status::wrong, model::Status::corrected}) {
        auto r = number("60");
        r.status = status;
        r.time_quality = model::TimeQuality::date_only;
        CHECK(taken(r, "S1").retracts);
        CHECK(taken(r, "S1").refused == Reason::date_only);
        CHECK_FALSE(taken(r, "").retracts);  // nobody can tell of which one it speaks
        r.time = DeviceTime{99'000'000'000}; // ahead
        r.time_quality = model::TimeQuality::unspecified;
        CHECK(taken(r, "S1").retracts);
        r.time.reset();
        CHECK(taken(r, "S1").retracts);
        CHECK(taken(r, "S1").sample.time == model::EventTime{2'000'000}); // when it was said
        CHECK(taken(r, "S1").sample.status == model::Status::deleted);
    }
    auto timeless = number("60");
    timeless.time.reset();
    CHECK_FALSE(taken(timeless, "S1").retracts);
}

TEST_CASE("a final word in the place of a number leaves no number standing") {
    const auto rules = small_rulebook();
    const auto map = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    Reading r = number("60");
    r.status = model::Status::final;
    CHECK_FALSE(take(rules, map, r, {}, "S1").retracts);
    r.value = {};
    r.value.absent = model::AbsentReason::text;
    const auto hemolysed = take(rules, map, r, {}, "S1");
    CHECK(hemolysed.refused == Reason::text);
    CHECK(hemolysed.retracts);
    CHECK(hemolysed.sample.status == model::Status::cannot_obtain);
    CHECK_FALSE(take(rules, map, r, {}, "").retracts);
    r.status = model::Status::preliminary; // pending
    CHECK_FALSE(take(rules, map, r, {}, "S1").retracts);
}

TEST_CASE("a final word of the laboratory takes the number of its order back also where nobody can say when it was") {
    auto rules = small_rulebook();
    auto& crea = rules.vocabulary[static_cast<std::size_t>(Signal::crea)];
    crea.kind = SignalKind::laboratory;
    crea.loinc = {"2160-0"};
    crea.canonical = Unit::mg_per_dL;
    const auto laboratory = channel(CodeSystem::LN, "2160-0", "mg/dL");
    const auto monitor = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    Reading word = number("0");
    word.value = {};
    word.value.absent = model::AbsentReason::text;
    const auto tell = [&](Reading const& r, std::string_view order) { return take(rules, laboratory, r, {}, order); };
    CHECK_FALSE(tell(word, "S1").sample.suspect); // it speaks of its own time
    const auto no_time = [](Reading& r) { r.time.reset(); };
    const auto by_day = [](Reading& r) { r.time_quality = model::TimeQuality::date_only; };
    const auto twice = [](Reading& r) { r.time_quality = model::TimeQuality::ambiguous; };
    const auto ahead = [](Reading& r) { r.time = DeviceTime{99'000'000'000}; };
    for (auto const& [spoil, why] : {std::pair<void (*)(Reading&), Reason>{no_time, Reason::no_time},
                                     {by_day, Reason::date_only},
                                     {twice, Reason::ambiguous_time},
                                     {ahead, Reason::future}}) {
        auto r = word;
        spoil(r);
        const auto told = tell(r, "S1");
        CAPTURE(model::name_of(why));
        CHECK(told.refused == why);
        CHECK(told.retracts);
        CHECK(told.sample.status == model::Status::cannot_obtain);
        CHECK(told.sample.suspect);
        CHECK_FALSE(tell(r, "").retracts);                       // nobody can tell of which one it speaks
        CHECK_FALSE(take(rules, monitor, r, {}, "S1").retracts); // a flowsheet has many under one order
        r.status = model::Status::preliminary;
        CHECK_FALSE(tell(r, "S1").retracts); // pending
    }
}

TEST_CASE("what holds until it is told otherwise stands as unreadable where it cannot be read") {
    auto rules = small_rulebook();
    const auto with = [&](Signal signal, SignalKind kind, Unit unit) {
        auto& e = rules.vocabulary[static_cast<std::size_t>(signal)];
        e.kind = kind;
        e.canonical = unit;
        e.hard_low = model::Decimal{20, 0};
        e.hard_high = model::Decimal{100, 0};
        return channel(CodeSystem::VIGIL, std::string{model::name_of(signal)}, std::string{model::ucum(unit)});
    };
    const auto set = with(Signal::fio2_set, SignalKind::setting, Unit::percent),
               measured = with(Signal::fio2, SignalKind::monitor, Unit::percent),
               drug = with(Signal::norepinephrine, SignalKind::infusion, Unit::ug_per_kg_min),
               rate = with(Signal::hr, SignalKind::monitor, Unit::per_min),
               result = with(Signal::plt, SignalKind::laboratory, Unit::giga_per_L);
    const auto is_unreadable = [&](Channel const& c, Reading const& r) {
        const auto read = take(rules, c, r);
        CHECK(read.placed() == (read.refused == Reason::none || read.unreadable));
        CHECK(read.unreadable == model::is_unreadable(read.sample));
        return read.unreadable;
    };
    Reading text = number("0");
    text.value = {};
    text.value.absent = model::AbsentReason::text;
    auto several = text, nothing = text, garbled = text, withdrawn = number("1"), invalid = number("1");
    several.value.absent = model::AbsentReason::several;
    nothing.value.absent = model::AbsentReason::not_sent;
    garbled.value.absent = model::AbsentReason::unreadable;
    withdrawn.status = model::Status::deleted;
    invalid.validity = model::Validity::invalid;
    for (auto const& c : {set, measured}) {
        for (auto const& r : {number("1"), number("101"), text, several, garbled}) CHECK(is_unreadable(c, r));
        for (auto const& r : {number("40"), nothing, withdrawn, invalid}) CHECK_FALSE(is_unreadable(c, r));
    }
    CHECK(is_unreadable(drug, text));
    CHECK(is_unreadable(drug, number("-1")));
    CHECK_FALSE(is_unreadable(drug, number("101"))); // it runs, how much is for the score to refuse
    for (auto const& c : {rate, result})
        for (auto const& r : {number("1"), text, several}) CHECK_FALSE(is_unreadable(c, r));
    std::vector<Signal> under;
    const auto place = [&](Channel const& c, Reading const& r) {
        under.clear();
        core::place_where_it_belongs(core::map_channel(rules, "monitor", c), take(rules, c, r),
                                     [&](Signal signal, SignalKind, model::Sample const&) { under.push_back(signal); });
        return under;
    };
    CHECK(place(measured, number("40")) == std::vector{Signal::fio2});
    CHECK(place(measured, number("1")) == std::vector{Signal::fio2_unreadable}); // a stream holds numbers only
    const std::vector both{Signal::fio2, Signal::fio2_unreadable};
    CHECK(place(measured, withdrawn) == both);
    // What a correction corrects stands no longer, whichever of the two can be read.
    for (auto const* value : {"1", "50"}) {
        auto corrected = number(value);
        corrected.status = model::Status::corrected;
        CHECK(place(measured, corrected) == both);
    }
    CHECK(place(set, number("1")) == std::vector{Signal::fio2_set});
}

TEST_CASE("a confirmation that brings its value is a final result") {
    const auto rules = small_rulebook();
    const auto map = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    Reading r = number("60");
    r.status = model::Status::final_unchanged;
    const auto told = take(rules, map, r);
    CHECK(told.refused == Reason::none);
    CHECK(told.sample.status == model::Status::final);
    CHECK(told.sample.value == Decimal{60, 0});
    r.value = {};
    CHECK(take(rules, map, r).sample.status == model::Status::final_unchanged);
}

TEST_CASE("the code of a venous pH says where the blood is from") {
    auto rules = small_rulebook();
    auto& ph = rules.vocabulary[static_cast<std::size_t>(Signal::ph_untyped)];
    ph.loinc = {"11558-4", "2746-6"};
    ph.canonical = Unit::ph;
    const auto specimen = [&](char const* code) {
        return take(rules, channel(CodeSystem::LN, code, "[pH]"), number("7.10")).sample.specimen;
    };
    CHECK(specimen("2746-6") == model::Specimen::venous);
    CHECK(specimen("11558-4") == model::Specimen::unspecified);
}

TEST_CASE("a micro sign is read as the u of UCUM, as is the Greek letter that is typed for it") {
    REQUIRE(model::parse_unit("umol/L"));
    CHECK(model::parse_unit("\xC2\xB5mol/L") == model::parse_unit("umol/L"));
    CHECK(model::parse_unit("\xCE\xBCg/kg/min") == Unit::ug_per_kg_min);
    CHECK(model::parse_unit("10*3/\xC2\xB5L") == model::parse_unit("10*3/uL"));
    CHECK_FALSE(model::parse_unit("\xC2\xB5"));
}

TEST_CASE("a litre is an l or an L, as UCUM has both") {
    for (std::size_t i = 1; i < model::unit_count; ++i) {
        const auto unit = static_cast<Unit>(i);
        std::string small{model::ucum(unit)};
        for (auto& c : small)
            if (c == 'L') c = 'l';
        INFO(small);
        CHECK(model::parse_unit(small) == unit);
    }
    CHECK(model::parse_unit("10^9/l") == Unit::giga_per_L);
    CHECK(model::parse_unit("mEq/l") == Unit::meq_per_L);
    CHECK(model::parse_unit("IU/l") == Unit::U_per_L);
    CHECK(model::parse_unit("ml/hr") == Unit::mL_per_h);
    CHECK(model::parse_unit("\xC2\xB5g/l") == Unit::ug_per_L);
    CHECK(model::parse_unit("10*3/\xC2\xB5l") == Unit::kilo_per_uL);
    for (auto const* none : {"CeL", "umoL/L", "mmoL/l", "[Lb_av]", "lL", "l/", "/l", "al"}) {
        INFO(none);
        CHECK_FALSE(model::parse_unit(none));
    }
}

TEST_CASE("a D-dimer in units of DDU is not taken for one of FEU, which is half as much of it") {
    CHECK_FALSE(model::parse_unit("ug/mL{DDU}"));
    CHECK_FALSE(model::parse_unit("ng/mL{DDU}"));
    CHECK(model::parse_unit("ug/mL{FEU}") == Unit::ug_per_mL_feu);
    auto rules = small_rulebook();
    auto& dimer = rules.vocabulary[static_cast<std::size_t>(Signal::ddimer)];
    dimer.kind = SignalKind::laboratory;
    dimer.loinc = {"48065-7"};
    dimer.canonical = Unit::ug_per_mL_feu;
    dimer.conversions = {{Signal::ddimer, Unit::ug_per_mL, {}, Decimal{1, 0}, Decimal{1, 0}, std::nullopt}};
    const auto reason = [&](char const* unit) {
        return core::map_channel(rules, "lab", channel(CodeSystem::LN, "48065-7", unit)).reason;
    };
    CHECK(reason("ug/mL{FEU}") == Reason::none);
    CHECK(reason("ug/mL") == Reason::none);
    CHECK(reason("ug/mL{DDU}") == Reason::unknown_unit);
}

TEST_CASE("a dose given is told in any unit, and counts as given") {
    auto rules = small_rulebook();
    auto& drug = rules.vocabulary[static_cast<std::size_t>(Signal::haloperidol)];
    drug.kind = SignalKind::charted;
    drug.atc = {"N05AD01"};
    drug.words = {model::Word::running, model::Word::stopped, model::Word::given};
    for (auto const* unit : {"mg", "drops", ""}) {
        const auto dose = take(rules, channel(CodeSystem::ATC, "N05AD01", unit), number("5"));
        CAPTURE(unit);
        CHECK(dose.refused == Reason::none);
        CHECK(dose.sample.word == model::Word::given);
        CHECK(take(rules, channel(CodeSystem::ATC, "N05AD01", unit), number("0")).refused == Reason::no_value);
    }
}

TEST_CASE("plausibility is judged in the canonical unit") {
    const auto rules = small_rulebook();
    const auto mmhg = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    const auto kpa = channel(CodeSystem::MDC, "150039", "kPa");
    struct Row {
        char const* value;
        Channel const* channel;
        Reason refused;
        bool suspect;
    };
    const Row rows[] = {
        {"65", &mmhg, Reason::none, false},           {"801", &mmhg, Reason::out_of_range, false},
        {"0", &mmhg, Reason::out_of_range, false},    {"10", &mmhg, Reason::none, true},
        {"9.99", &mmhg, Reason::out_of_range, false}, {"29.9", &mmhg, Reason::none, true},
        {"8.7", &kpa, Reason::none, false},           {"40", &kpa, Reason::out_of_range, false},
    };
    for (auto const& row : rows) {
        INFO(row.value << ' ' << row.channel->unit);
        const auto read = take(rules, *row.channel, number(row.value));
        CHECK(read.refused == row.refused);
        CHECK(read.sample.suspect == row.suspect);
    }
}

TEST_CASE("FiO2 below one under a per cent label is a fraction; exactly one is nobody's guess") {
    const auto rules = small_rulebook();
    const auto fio2 = channel(CodeSystem::LN, "3150-6", "%");
    const auto half = take(rules, fio2, number("0.5"));
    CHECK(half.refused == Reason::none);
    CHECK(half.sample.unit == Unit::fraction);
    CHECK(half.sample.suspect);
    CHECK(take(rules, fio2, number("1")).refused == Reason::out_of_range);
    CHECK(take(rules, fio2, number("12")).refused == Reason::out_of_range);
    CHECK(take(rules, fio2, number("21")).refused == Reason::none);
}

TEST_CASE("time: the future is stored and not scored, a measured offset moves a reading, ambiguity is not guessed") {
    const auto rules = small_rulebook();
    const auto map = channel(CodeSystem::MDC, "150039", "mm[Hg]");
    CHECK(take(rules, map, number("65", 1'060'000)).refused == Reason::none);
    CHECK(take(rules, map, number("65", 1'060'001)).refused == Reason::future);
    CHECK(take(rules, map, number("65", 1'100'000), model::Duration{-90'000}).sample.time.ms == 1'010'000);
    CHECK(take(rules, map, number("65", 1'001'500), model::Duration{-1'900}).sample.time.ms == 1'001'500);
    auto fold = number("65");
    fold.time_quality = model::TimeQuality::ambiguous;
    CHECK(take(rules, map, fold).refused == Reason::ambiguous_time);
    auto date = number("65");
    date.time_quality = model::TimeQuality::date_only;
    CHECK(take(rules, map, date).refused == Reason::date_only);
    auto none = number("65");
    none.time.reset();
    CHECK(take(rules, map, none).refused == Reason::no_time);
}

TEST_CASE("what is no usable value says why") {
    const auto rules = small_rulebook();
    const auto verbal = channel(CodeSystem::LN, "9270-0", "{score}");
    Reading word;
    word.channel = {1};
    word.time = DeviceTime{1'000'000};
    word.value.kind = model::Value::Kind::word;
    word.value.word = model::Word::NT;
    CHECK(take(rules, verbal, word).refused == Reason::none);
    word.value.word = model::Word::imv;
    CHECK(take(rules, verbal, word).refused == Reason::text);
    Reading absent;
    absent.channel = {1};
    absent.time = DeviceTime{1'000'000};
    absent.value.absent = model::AbsentReason::several;
    CHECK(take(rules, verbal, absent).refused == Reason::several);
    auto demo = number("15");
    demo.validity = model::Validity::demo;
    CHECK(take(rules, verbal, demo).refused == Reason::demo);
    auto off = number("15");
    off.validity = model::Validity::invalid;
    CHECK(take(rules, verbal, off).refused == Reason::invalid);
    auto withdrawn = absent;
    withdrawn.status = model::Status::wrong;
    CHECK(take(rules, verbal, withdrawn).refused == Reason::none);
    CHECK(take(rules, verbal, withdrawn).sample.status == model::Status::wrong);
}
