#include "case.hpp"

#include "core/scores/bands.hpp"
#include "core/scores/dose.hpp"
#include "core/scores/lung_formulas.hpp"
#include "core/scores/ranges.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

using namespace vigil;

namespace {

std::string folder() {
    char const* root = std::getenv("VIGIL_ROOT");
    return std::string{root == nullptr ? "." : root} + "/tests/vectors/";
}

void check_file(std::string const& name) {
    const auto cases = test::read_cases(folder() + name);
    REQUIRE(cases.size() > 10);
    for (auto const& c : cases) {
        INFO(name << ":" << c.line);
        std::string problem;
        try {
            problem = test::check(c);
        } catch (std::exception const& e) {
            problem = c.id + ": " + e.what();
        }
        CHECK(problem == "");
    }
}

// One unit of a bound's last place, or of tenths for whole numbers.
model::Decimal beside(model::Decimal bound, int sign) {
    const auto scale = std::max<std::uint8_t>(bound.scale, 1);
    auto at = *model::round_half_up(model::ratio(bound), scale);
    at.mantissa += sign;
    return at;
}

} // namespace

TEST_CASE("SOFA vectors") { check_file("sofa.tsv"); }
TEST_CASE("SOFA rules of time, state and missing data") { check_file("sofa_rules.tsv"); }
TEST_CASE("Berlin vectors") { check_file("ards.tsv"); }
TEST_CASE("SOFA-2 vectors") { check_file("sofa2.tsv"); }
TEST_CASE("MELD vectors") { check_file("meld.tsv"); }
TEST_CASE("MELD-Na vectors") { check_file("meld_na.tsv"); }
TEST_CASE("MELD 3.0 vectors") { check_file("meld3.tsv"); }
TEST_CASE("Child-Pugh vectors") { check_file("child_pugh.tsv"); }
TEST_CASE("ISTH overt DIC vectors") { check_file("isth_dic.tsv"); }
TEST_CASE("SIC vectors") { check_file("sic.tsv"); }
TEST_CASE("KDIGO vectors") { check_file("kdigo.tsv"); }
TEST_CASE("lung index vectors") { check_file("lung_indices.tsv"); }
TEST_CASE("Global ARDS vectors") { check_file("ards_global.tsv"); }
TEST_CASE("Kigali vectors") { check_file("ards_kigali.tsv"); }
TEST_CASE("ROX vectors") { check_file("rox.tsv"); }
TEST_CASE("Murray vectors") { check_file("murray.tsv"); }
TEST_CASE("EOLIA vectors") { check_file("eolia.tsv"); }
TEST_CASE("SIRS vectors") { check_file("sirs.tsv"); }
TEST_CASE("qSOFA vectors") { check_file("qsofa.tsv"); }
TEST_CASE("NEWS2 vectors") { check_file("news2.tsv"); }
TEST_CASE("Sepsis-3 vectors") { check_file("sepsis3.tsv"); }
TEST_CASE("septic shock vectors") { check_file("septic_shock.tsv"); }
TEST_CASE("APACHE II vectors") { check_file("apache2.tsv"); }
TEST_CASE("SAPS II vectors") { check_file("saps2.tsv"); }
TEST_CASE("CRS vectors") { check_file("crs.tsv"); }
TEST_CASE("ICANS vectors") { check_file("icans.tsv"); }
TEST_CASE("vectors of readings that contradict each other") { check_file("contradictions.tsv"); }
TEST_CASE("vasoactive vectors") { check_file("vasoactive.tsv"); }

TEST_CASE("every cut-point: at, just below and just above") {
    auto const& sofa = test::rulebook().tables.sofa;
    auto tables = sofa.columns;
    tables.push_back(sofa.sf_512);
    tables.push_back(sofa.sf_302);
    tables.push_back(test::rulebook().tables.berlin.pf);
    auto const& sofa2 = test::rulebook().tables.sofa2;
    tables.insert(tables.end(), sofa2.columns.begin(), sofa2.columns.end());
    tables.push_back(sofa2.tiers);
    auto const& all = test::rulebook().tables;
    for (auto const* columns : {&all.child_pugh.columns, &all.isth_dic.columns, &all.sic.columns})
        tables.insert(tables.end(), columns->begin(), columns->end());
    tables.push_back(test::rulebook().tables.kdigo.ratios);
    tables.insert(tables.end(), {all.ards_global.pf, all.ards_global.sf, all.ards_kigali.sf});
    tables.insert(tables.end(), all.murray.columns.begin(), all.murray.columns.end());
    tables.push_back(all.icans.ice);
    std::size_t checked = 0;
    for (auto const& t : tables) {
        for (std::size_t i = 0; i < t.bands.size(); ++i) {
            auto const& b = t.bands[i];
            const std::int32_t milder = i + 1 < t.bands.size() ? t.bands[i + 1].points : 0;
            const auto worse_side = beside(b.bound, t.high_is_worse ? 1 : -1),
                       milder_side = beside(b.bound, t.high_is_worse ? -1 : 1);
            INFO(model::name_of(t.part) << " " << model::name_of(t.signal) << " " << model::to_string(b.bound));
            CHECK(scores::points_at(t, worse_side) == b.points);
            CHECK(scores::points_at(t, b.bound) == (b.inclusive ? b.points : milder));
            CHECK(scores::points_at(t, milder_side) == milder);
            CHECK(scores::points_at(t, model::ratio(b.bound)) == scores::points_at(t, b.bound));
            ++checked;
        }
    }
    CHECK(checked >= 130);
}

TEST_CASE("every edge of every range: one unit of its last place below, at, and above") {
    auto const& t = test::rulebook().tables;
    auto tables = t.sirs.columns;
    tables.insert(tables.end(), t.qsofa.columns.begin(), t.qsofa.columns.end());
    tables.insert(tables.end(), t.news2.columns.begin(), t.news2.columns.end());
    for (auto const* columns : {&t.apache2.columns, &t.saps2.columns})
        tables.insert(tables.end(), columns->begin(), columns->end());
    tables.insert(tables.end(), {t.apache2.gradient, t.apache2.tension, t.apache2.ages, t.saps2.ages, t.saps2.pf,
                                 t.saps2.urine, t.saps2.gcs});
    tables.push_back(t.news2.scale2_air);
    tables.push_back(t.news2.scale2_oxygen);
    tables.insert(tables.end(), t.crs.columns.begin(), t.crs.columns.end());
    std::size_t checked = 0;
    for (auto const& table : tables) {
        const auto points = [&](model::Decimal value, scores::Beside beside = scores::Beside::at) {
            const auto at = scores::range_of(table, value, beside);
            CHECK(scores::range_of(table, model::ratio(value), beside) == at);
            return table.ranges[at].points;
        };
        REQUIRE_FALSE(table.ranges.front().from);
        for (std::size_t i = 1; i < table.ranges.size(); ++i) {
            auto const& r = table.ranges[i];
            const auto below = table.ranges[i - 1].points;
            REQUIRE(r.from);
            INFO(model::name_of(table.part) << " " << model::name_of(table.signal) << " " << model::to_string(*r.from));
            CHECK(points(beside(*r.from, -1)) == below);
            CHECK(points(*r.from) == (r.inclusive ? r.points : below));
            CHECK(points(beside(*r.from, 1)) == r.points);
            CHECK(points(*r.from, scores::Beside::below) == below);
            CHECK(points(*r.from, scores::Beside::above) == r.points);
            // As printed: the last of one range and the first of the next are looked up without rounding.
            if (table.rounded_to) {
                const auto half = model::Decimal{5, static_cast<std::uint8_t>(*table.rounded_to + 1U)};
                const auto first = model::sum(model::ratio(*r.from), model::ratio(half));
                const auto printed = *model::round_half_up(*first, *table.rounded_to);
                CHECK(printed == *first);
                CHECK(points(printed) == r.points);
                auto last = printed;
                --last.mantissa;
                CHECK(points(last) == below);
                CHECK(r.inclusive);
            }
            ++checked;
        }
    }
    CHECK(checked == 9 + 2 + 20 + 3 + 6 + 63 + 22 + 3 + 3 + 4 + 5 + 2 + 2 + 4 + 3);
}

TEST_CASE("CRS: every edge of its table, at, just below and just above") {
    auto const& rules = test::rulebook();
    auto const& crs = rules.tables.crs;
    const std::string course = "-20h cell_product immune_effector, resp_device room_air; -1h crs_status confirmed; ";
    const auto points = [&](std::string const& input, std::size_t part) {
        const auto t = test::timeline_of(test::parse_input(course + input));
        const scores::Patient who{&t, test::t0 - model::hours(48), {}, {}};
        return scores::evaluate(test::parse_key("crs"), who, test::t0, rules).parts[part].points;
    };
    const auto flow = [&](model::Decimal f) {
        return points("0 resp_device nasal_cannula, o2_flow " + model::to_string(f), 3);
    };
    CHECK(flow(beside(crs.low_flow, -1)) == crs.low_flow_points);
    CHECK(flow(crs.low_flow) == crs.low_flow_points);
    CHECK(flow(beside(crs.low_flow, 1)) == crs.high_flow_points);
    const auto drop = [&](std::int32_t tenths) {
        const model::Decimal value{1600 - crs.systolic_drop.mantissa * 10 + tenths, 1};
        return points("0 sbp_baseline 160, sbp " + model::to_string(value), 2);
    };
    CHECK(drop(-1) == 2);
    CHECK(drop(0) == 0);
    CHECK(drop(1) == 0);
    for (auto const& d : crs.devices)
        CHECK(points("0 resp_device " + std::string{model::name_of(d.word)}, 3) == d.points);
    for (auto const* drugs : {&crs.vasopressors, &crs.not_counted})
        for (auto a : *drugs) {
            const auto one = std::string{model::name_of(a)};
            CHECK(points("-1h " + one + " running; 0 sbp 120", 2) == crs.one_vasopressor);
            for (auto b : crs.vasopressors) {
                if (a == b) continue;
                const bool both = drugs == &crs.vasopressors;
                CHECK(points("-1h " + one + " running, " + std::string{model::name_of(b)} + " running; 0 sbp 120", 2) ==
                      (both ? crs.several_vasopressors : crs.one_vasopressor));
            }
        }
    const auto state = [&](char const* input, model::Duration late) {
        const auto t = test::timeline_of(test::parse_input(std::string{input} + "; 0 sbp 120, resp_device room_air"));
        const scores::Patient who{&t, test::t0 - model::hours(48), {}, {}};
        return scores::evaluate(test::parse_key("crs now"), who, test::t0 + late, rules).parts[0].state;
    };
    const auto window = crs.onset_within;
    CHECK(state("0 cell_product msc", window) != model::PartState::not_applicable);
    CHECK(state("0 cell_product msc", window + model::Duration{1}) == model::PartState::not_applicable);
}

TEST_CASE("ICANS: every word of its table, and ICE from its items") {
    auto const& rules = test::rulebook();
    auto const& icans = rules.tables.icans;
    const auto parts = [&](std::string const& input) {
        const auto t = test::timeline_of(test::parse_input("-20h cell_product immune_effector; 0 " + input));
        const scores::Patient who{&t, test::t0 - model::hours(48), {}, {}};
        return scores::evaluate(test::parse_key("icans"), who, test::t0, rules).parts;
    };
    struct Domain {
        char const* signal;
        std::vector<scores::WordPoints> const* words;
        std::size_t part;
    };
    for (auto const& d : {Domain{"awakening ", &icans.consciousness, 2}, Domain{"seizure ", &icans.seizure, 3},
                          Domain{"motor_deficit ", &icans.motor, 4}, Domain{"icp_sign ", &icans.icp, 5}})
        for (auto const& w : *d.words)
            CHECK(parts(d.signal + std::string{model::name_of(w.word)})[d.part].points == w.points);
    for (std::int32_t ice = 0; ice <= 10; ++ice) {
        const auto n = [](std::int32_t x) { return std::to_string(x); };
        const auto orientation = std::min(ice, 4), naming = std::min(ice - orientation, 3);
        const auto rest = ice - orientation - naming;
        const auto items = "ice_orientation " + n(orientation) + ", ice_naming " + n(naming) + ", ice_command " +
                           n(rest > 0) + ", ice_writing " + n(rest > 1) + ", ice_counting " + n(rest > 2);
        CHECK(parts(items)[1].points == scores::points_at(icans.ice, model::Decimal{ice, 0}));
        CHECK(parts("ice_total " + n(ice))[1].points == scores::points_at(icans.ice, model::Decimal{ice, 0}));
    }
}

TEST_CASE("every dose: at, just below and just above, over an hour") {
    auto const& rules = test::rulebook();
    for (auto const& b : rules.tables.sofa.doses) {
        if (!b.up_to) continue;
        auto drug = std::string{model::name_of(b.drug)};
        const auto points = [&](model::Decimal dose) {
            const auto t =
                test::timeline_of(test::parse_input("-2h " + drug + " " + model::to_string(dose) + "; 0 map 80"));
            const auto s =
                scores::evaluate(test::parse_key("sofa"), {&t, test::t0 - model::hours(5), {}, {}}, test::t0, rules);
            return s.parts[4].points;
        };
        INFO(drug << " " << model::to_string(*b.up_to));
        auto above = *model::round_half_up(model::ratio(*b.up_to), 3);
        ++above.mantissa;
        auto below = above;
        below.mantissa -= 2;
        CHECK(points(below) == b.points);
        CHECK(points(*b.up_to) == b.points);
        CHECK(points(above) > b.points);
    }
}

TEST_CASE("the saturation table is the cited curve") {
    auto const& t = test::rulebook().tables.sofa.imputation;
    REQUIRE(t.pao2.size() == static_cast<std::size_t>(970 - t.first + 1));
    for (std::size_t i = 0; i < t.pao2.size(); ++i) {
        const double s = static_cast<double>(t.first + static_cast<std::int32_t>(i)) / 1000.0;
        const double q = 11700.0 / (1.0 / s - 1.0), r = std::sqrt(125000.0 + q * q);
        const double p = std::cbrt(q + r) + std::cbrt(q - r);
        CHECK(static_cast<double>(t.pao2[i].mantissa) / std::pow(10.0, t.pao2[i].scale) == Approx(p).margin(0.00006));
    }
    // I-01, I-02
    const auto at = [&](int tenths) {
        return *model::round_half_up(model::ratio(t.pao2[static_cast<std::size_t>(tenths - t.first)]), 2);
    };
    CHECK(at(900) == model::Decimal{5866, 2});
    CHECK(at(960) == model::Decimal{8190, 2});
    CHECK(at(970) == model::Decimal{9057, 2});
    CHECK(model::ratio(t.pao2[static_cast<std::size_t>(850 - t.first)]) > model::Decimal{50, 0});
}

TEST_CASE("the presumed creatinine is the cited formula") {
    auto const& t = test::rulebook().tables.kdigo.presumed;
    REQUIRE(t.first == 18);
    REQUIRE(t.male.size() == 110 - 18 + 1);
    REQUIRE(t.female.size() == t.male.size());
    for (std::size_t i = 0; i < t.male.size(); ++i)
        for (const bool female : {false, true}) {
            const double rate = 186.0 * std::pow(18.0 + static_cast<double>(i), -0.203) * (female ? 0.742 : 1.0);
            auto const& d = female ? t.female[i] : t.male[i];
            CHECK(static_cast<double>(d.mantissa) / std::pow(10.0, d.scale) ==
                  Approx(std::pow(75.0 / rate, -1.0 / 1.154)).margin(0.00006));
        }
    // K-10
    const auto at = [&](std::vector<model::Decimal> const& of_sex, std::size_t age) {
        return *model::round_half_up(model::ratio(of_sex[age - t.first]), 2);
    };
    CHECK(at(t.male, 60) == model::Decimal{107, 2});
    CHECK(at(t.female, 60) == model::Decimal{83, 2});
}

TEST_CASE("L-02, L-03: predicted weight, ventilatory ratio, and what cannot be divided") {
    using model::Sex;
    auto const& t = test::rulebook().tables.lung;
    const auto whole = [](std::int64_t n) { return model::Ratio{n, 1}; };
    const auto shown = [](std::optional<model::Ratio> const& r) {
        return r ? model::to_string(*model::round_half_up(*r, 2)) : "-";
    };
    const auto man = scores::predicted_weight(t, Sex::male, whole(175));
    CHECK(shown(man) == "70.57");
    CHECK(shown(scores::predicted_weight(t, Sex::female, whole(175))) == "66.07");
    CHECK(shown(scores::predicted_weight(t, Sex::male, model::ratio({1524, 1}))) == "50.00");
    CHECK(shown(scores::predicted_weight(t, Sex::female, model::ratio({1524, 1}))) == "45.50");
    CHECK(shown(scores::predicted_weight(t, Sex::female, whole(102))) == "-"); // nothing would be left
    CHECK(shown(scores::predicted_weight(t, Sex::unspecified, whole(175))) == "-");
    CHECK(shown(scores::predicted_weight(t, Sex::other, whole(175))) == "-");
    CHECK(shown(scores::ventilatory_ratio(t, whole(10), whole(50), *man)) == "1.89");
    CHECK(shown(scores::ventilatory_ratio(t, whole(0), whole(50), *man)) == "0.00");
    CHECK(shown(scores::oxygenation_index(whole(60), whole(18), whole(75))) == "14.40");
    CHECK(shown(scores::oxygenation_index(whole(60), whole(18), whole(0))) == "-");
    CHECK(shown(scores::saturation_ratio(whole(90), whole(0))) == "-");
    CHECK(shown(scores::pf_on_line(t, whole(64))) == "-");
    CHECK(shown(scores::product(whole(-3), model::ratio({5, 1}))) == "-1.50");
    CHECK(shown(scores::product(whole(3), model::ratio({-5, 1}))) == "-1.50");
    CHECK(shown(scores::product(whole(0), whole(-5))) == "0.00");
}

TEST_CASE("S1-17, S1-18: doses by weight and of a salt's base") {
    using model::Decimal;
    CHECK(scores::dose_ug_kg_min({5, 1}, model::Unit::mg_per_h, Decimal{80, 0}) == Decimal{104, 3});
    CHECK(scores::dose_ug_kg_min({5, 1}, model::Unit::mg_per_h, std::nullopt) == std::nullopt);
    CHECK(scores::dose_ug_kg_min({12, 1}, model::Unit::mg_per_h, Decimal{75, 0}, {2, 0}) == Decimal{133, 3});
    CHECK(scores::dose_ug_kg_min({12, 1}, model::Unit::mg_per_h, Decimal{75, 0}) == Decimal{267, 3});
    CHECK(scores::dose_ug_kg_min({189, 3}, model::Unit::ug_per_kg_min, std::nullopt, {189, 2}) == Decimal{1, 1});
    CHECK(scores::dose_ug_kg_min({100, 0}, model::Unit::ng_per_kg_min, std::nullopt) == Decimal{1, 1});
    CHECK(scores::dose_ug_kg_min({6, 0}, model::Unit::ug_per_kg_h, std::nullopt) == Decimal{1, 1});
}

// As it happened, and forgotten every hour as the daemon does.
static model::Timeline lived_through(std::string const& text) {
    auto const& rules = test::rulebook();
    auto given = test::parse_input(text);
    std::stable_sort(given.begin(), given.end(),
                     [](auto const& a, auto const& b) { return a.sample.time < b.sample.time; });
    model::Timeline out;
    model::EventTime forgotten = given.front().sample.time;
    for (auto const& g : given) {
        const auto now = g.sample.time;
        if (now - forgotten > model::hours(1)) {
            out.forget(now, rules.retention);
            forgotten = now;
        }
        out.insert(g.signal, core::entry(rules, g.signal).kind, g.sample, now, rules.retention);
    }
    out.forget(test::t0, rules.retention);
    return out;
}

TEST_CASE("what came before a long sedation or circuit is never forgotten") {
    struct Row {
        char const* input;
        char const* ask;
        std::size_t part;
        char const* begins; // what the part says
    };
    const std::string ward = "; -250h..0/1h map 80; ";
    const Row rows[] = {
        {"-240h gcs_total 15; -239h..0/1h propofol 30; -238h..0/4h gcs_total 3", "sofa", 5, "cns=0 carried"},
        {"-240h gcs_total 15; -239h..0/1h propofol 30; -238h..0/4h gcs_total 3", "sofa now", 5, "cns=0 carried"},
        {"-240h..0/1h propofol 30; -238h..0/4h gcs_total 3", "sofa", 5, "cns=- not_measured"},
        {"-240h gcs_total 14; -239h..-121h/1h propofol 30; -120h propofol 0; -122h..0/1h midazolam 2; -238h..0/4h "
         "gcs_total 3",
         "sofa", 5, "cns=1 carried"},
        {"-240h gcs_total 15; -239h..-171h/1h propofol 30; -170h propofol 0; -168h gcs_total 11; -167h..0/1h propofol "
         "30; -166h..0/4h gcs_total 3",
         "sofa", 5, "cns=2 carried"},
        {"-240h gcs_total 15; -239h..-31h/1h propofol 30; -30h propofol 0; -29h..0/4h gcs_total 7", "sofa", 5,
         "cns=3 valued"},
        {"-240h gcs_eye 4, gcs_verbal 4, gcs_motor 6; -239h..0/5min propofol 30; -238h..0/4h gcs_eye 1, gcs_verbal NT, "
         "gcs_motor 1",
         "sofa", 5, "cns=1 carried"},
        {"-160h..-148h/1h rrt ihd; -147h rrt ended; -20h..-16h/1h rrt ihd; -15h rrt ended; -1h bili 2, inr 1.5, crea "
         "0.8",
         "meld", 0, "total=27 valued"},
        {"-190h..-145h/1h rrt crrt; -144h rrt ended; -1h bili 2, inr 1.5, crea 0.8", "meld now", 0, "total=27 valued"},
        {"-190h..-145h/1h rrt crrt; -144h-1s rrt ended; -1h bili 2, inr 1.5, crea 0.8", "meld now", 0,
         "total=14 valued"},
        {"-240h..-3h/20min rrt crrt; -2h rrt ended; -1h bili 2, inr 1.5, crea 0.8", "meld", 0, "total=27 valued"},
        {"-300h rrt crrt until=-144h; -1h bili 2, inr 1.5, crea 0.8", "meld", 0, "total=27 valued"},
        {"-240h ascites severe; -1h bili 4, inr 3, alb 2, encephalopathy 4", "child_pugh", 4, "ascites=3 valued"},
        {"-200h resp_device imv, peep_set 8, fio2 60; -199h pao2 60; -198h..0/1h ecls vv; -198h..0/4h resp_device imv, "
         "peep_set 10, fio2 60; -190h..0/6h pao2 200",
         "ards_berlin", 0, "ards=on_ecls valued [3,3]"},
        {"-200h resp_device imv, peep_set 8, fio2 60; -199h pao2 60; -198h ecls vv; -198h..0/4h resp_device imv, "
         "peep_set 10, fio2 60; -190h..-6h/6h pao2 200; -1h ecls ended",
         "ards_berlin", 0, "ards=unknown not_measured [3,3]"},
        // What was there when a cell product was given, and has been there since.
        {"-200h cell_product immune_effector; -201h..0/1h resp_device nasal_cannula, o2_flow 8; -1h crs_status "
         "confirmed, temp 38.5, sbp 110",
         "crs", 3, "hypoxia=0 valued"},
        {"-200h cell_product immune_effector; -209h resp_device imv; -199h resp_device imv; -150h resp_device "
         "room_air; "
         "-140h..0/1h resp_device imv; -1h crs_status confirmed, temp 38.5, sbp 110",
         "crs", 3, "hypoxia=4 valued"},
        {"-200h cell_product immune_effector; -205h..0/1h norepinephrine 0.1; -1h crs_status confirmed, temp 38.5, sbp "
         "110, resp_device room_air",
         "crs", 2, "hypotension=0 valued"},
        {"-200h cell_product immune_effector; -205h..-150h/1h norepinephrine 0.1; -149h norepinephrine 0; -140h..0/1h "
         "norepinephrine 0.1; -1h crs_status confirmed, temp 38.5, sbp 110, resp_device room_air",
         "crs", 2, "hypotension=3 valued"},
        {"-200h cell_product immune_effector, resp_device room_air; -150h crs_status confirmed; -149h anticytokine "
         "given; -1h temp 37, sbp 110, resp_device hfno, o2_flow 40",
         "crs", 0, "total=3 crs valued"},
    };
    for (auto const& row : rows) {
        INFO(row.input << " | " << row.ask);
        const auto timeline = lived_through(row.input + ward);
        const auto whole = test::timeline_of(test::parse_input(row.input + ward));
        CHECK(timeline.bytes() < 300'000);
        const auto key = test::parse_key(row.ask, test::rulebook());
        const auto opened = test::t0 - model::hours(250);
        model::Score lived = scores::evaluate(key, {&timeline, opened, {}, {}}, test::t0, test::rulebook());
        model::Score known = scores::evaluate(key, {&whole, opened, {}, {}}, test::t0, test::rulebook());
        CHECK(test::describe(lived) == test::describe(known));
        lived.parts = {lived.parts[row.part]};
        const auto said = test::describe(lived);
        CHECK(said.substr(2, std::string{row.begins}.size()) == row.begins);
    }
}

TEST_CASE("the baseline of a creatinine is not forgotten while it can be asked for") {
    struct Row {
        char const* input;
        char const* ask;
        char const* begins;
    };
    const std::string ward = "; -250h..0/1h map 80; -250h..0/3h plt 100";
    const Row rows[] = {
        {"-167h crea 0.8; -47h crea 1.3; 0 crea 1.6", "kdigo", "aki_crea=2 valued [2,2]"}, // 6 d 23 h
        {"-168h crea 0.8; -47h crea 1.3; 0 crea 1.6", "kdigo now", "aki_crea=2 valued [2,2]"},
        {"-191h crea 0.8; -70h crea 1.3; -23h-30min crea 1.6", "kdigo", "aki_crea=2 valued [2,2]"},
        {"-240h crea 0.8; -72h crea 1.6", "kdigo now", "aki_crea=2 carried [2,2]"},
        {"-300h crea_baseline 0.8; 0 crea 1.6", "kdigo now", "aki_crea=2 valued [2,2]"},
    };
    for (auto const& row : rows) {
        INFO(row.input << " | " << row.ask);
        const auto timeline = lived_through(row.input + ward);
        const auto whole = test::timeline_of(test::parse_input(row.input + ward));
        const auto key = test::parse_key(row.ask, test::rulebook());
        const auto opened = test::t0 - model::hours(250);
        auto lived = scores::evaluate(key, {&timeline, opened, {}, {}}, test::t0, test::rulebook());
        auto known = scores::evaluate(key, {&whole, opened, {}, {}}, test::t0, test::rulebook());
        CHECK(test::describe(lived) == test::describe(known));
        lived.parts = {lived.parts[1]};
        const auto said = test::describe(lived);
        CHECK(said.substr(2, std::string{row.begins}.size()) == row.begins);
        // Of other results so long a past is not read, and goes.
        CHECK(timeline.range(model::Signal::plt, test::t0 - model::hours(250), test::t0 - model::hours(101)).empty());
    }
    auto const& rules = test::rulebook();
    CHECK(rules.retention.whole(model::Signal::crea) == model::hours(240));
    CHECK(rules.retention.whole(model::Signal::plt) == rules.retention.keep_whole);
}
