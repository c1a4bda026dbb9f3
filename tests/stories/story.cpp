// The grammar, a line each; '#' begins a comment; the patient is p1 unless a line begins with another (p2: …).
//   HH:MM[:SS] …            a time of the first day; d2 HH:MM of the second, and so on; lines ascend
//   SIGNAL VALUE [UNIT] [(arterial)] [drawn TIME] [over DURATION] [order X] [corrected|deleted|invalid] [from SOURCE]
//   monitor_alarm|device_alarm … coded EVENT[/ABOUT]    an alarm by its codes of MDC; [said TIME]: its message was made
//   before it came
//   every 1min until TIME SIGNAL VALUE …
//   admit BED | transfer BED [as of TIME] | discharge [as of TIME] | merge pN
//   cancel [transfer|discharge]     an admission, when it says nothing else
//   attest SIGNAL VALUE [UNIT]      acknowledge RULE        acknowledge RULE revision N → refused
//   pause RULE for DURATION because WORD | pause RULE over           each may end in: refused REASON
//   shelve RULE for DURATION because WORD | shelve RULE over
//   standby for DURATION because WORD | standby over
//   limit care [RULE ...] because WORD | limit care over
//   limit SIGNAL [below X] [above Y] because WORD | limit SIGNAL over
//   judge RULE useful|not_useful|artefact
//   at BED named pN SIGNAL VALUE …  a reading by bed whose message names somebody
//   clock OFFSET s                  a source reports its clock
//   suspend                         a frame of this patient stopped the core twice
//   expect RULE none
//   expect RULE present|unknown|absent [level N] [confirmed|unconfirmed] [on|acknowledged|latched|paused|shelved]
//   [PRIORITY] [since TIME]
//          [inhibited CAUSE|uninhibited] [flagged FLAG|unflagged FLAG] [bed BED] [told NOTIFY] [calls AUDIENCE] [onsets
//          N] [judged JUDGEMENT]
//   expect RULE closed REASON       of the newest alert of that rule
//   expect RULE says SENTENCE
//   expect nothing                  nothing stands for this patient
//   feed: expect RULE …             of the feeds and the daemon itself

#include "tests/stories/story.hpp"

#include "core/alerts/sentence.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace vigil::testing {

namespace {

using alerts::Alert;
using model::EventTime;
using model::LogTime;

constexpr std::int64_t day_one = 1'772'323'200'000; // 2026-03-01T00:00:00Z

struct Line {
    int number = 0;
    LogTime at;
    std::vector<std::string> words;
};

struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::int64_t number(std::string const& text) {
    std::int64_t v = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (error != std::errc{} || end != text.data() + text.size()) throw Wrong("not a number: " + text);
    return v;
}

// "08:30" or "08:30:15", on the day given.
std::int64_t clock_ms(std::string const& text) {
    std::int64_t parts[3] = {0, 0, 0};
    std::istringstream in{text};
    std::size_t n = 0;
    for (std::string part; n < 3 && std::getline(in, part, ':'); ++n) parts[n] = number(part);
    if (n < 2) throw Wrong("not a time: " + text);
    return (parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1000;
}

model::Duration duration(std::string const& text) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos) throw Wrong("not a duration: " + text);
    const auto n = number(text.substr(0, digits));
    const auto unit = text.substr(digits);
    if (unit == "s") return model::seconds(n);
    if (unit == "min") return model::minutes(n);
    if (unit == "h") return model::hours(n);
    throw Wrong("not a duration: " + text);
}

class Words {
public:
    explicit Words(std::vector<std::string> words)
        : words_{std::move(words)} {}
    bool done() const { return next_ == words_.size(); }
    std::string const& peek() const {
        if (done()) throw Wrong("the line ends too early");
        return words_[next_];
    }
    std::string take() {
        auto word = peek();
        ++next_;
        return word;
    }
    bool takes(std::string_view word) {
        if (done() || words_[next_] != word) return false;
        ++next_;
        return true;
    }
    std::string rest() {
        std::string out;
        while (!done()) out += (out.empty() ? "" : " ") + take();
        return out;
    }
    // A time, with its day before it when it is not the first.
    std::int64_t time() {
        std::int64_t day = 1;
        if (peek().size() > 1 && peek().front() == 'd' && peek().find(':') == std::string::npos)
            day = number(take().substr(1));
        return day_one + (day - 1) * 86'400'000 + clock_ms(take());
    }

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

model::Location bed_of(std::string const& text) {
    const auto dot = text.find('.');
    if (dot == std::string::npos) throw Wrong("not a bed: " + text);
    return {text.substr(0, dot), text.substr(dot + 1)};
}

model::Value value_of(std::string const& text) {
    model::Value v;
    std::string_view rest = text;
    if (rest.starts_with('<') || rest.starts_with('>')) {
        v.comparator = rest.front() == '<' ? model::Comparator::less : model::Comparator::greater;
        rest.remove_prefix(1);
    }
    if (const auto d = model::parse_decimal(rest)) {
        v.kind = model::Value::Kind::number;
        v.number = *d;
    } else if (const auto w = model::parse_word(rest)) {
        v.kind = model::Value::Kind::word;
        v.word = *w;
    } else {
        throw Wrong("neither a number nor a known word: " + text);
    }
    return v;
}

struct Reading {
    Told told;
    std::string source = "bedside";
};

Reading reading_of(Words& words, LogTime at) {
    Reading r;
    const auto name = words.take();
    const auto signal = model::parse_signal(name);
    if (!signal) throw Wrong("unknown signal " + name);
    r.told.signal = *signal;
    r.told.value = value_of(words.take());
    r.told.time = model::patient_now(at);
    const auto is_keyword = [](std::string const& w) {
        for (const auto k : {"(arterial)", "(venous)", "drawn", "over", "order", "corrected", "deleted", "invalid",
                             "from", "coded", "said", "pump"})
            if (w == k) return true;
        return false;
    };
    if (!words.done() && !is_keyword(words.peek())) r.told.unit = words.take();
    while (!words.done()) {
        if (words.takes("(arterial)"))
            r.told.specimen = model::Specimen::arterial;
        else if (words.takes("(venous)"))
            r.told.specimen = model::Specimen::venous;
        else if (words.takes("drawn"))
            r.told.time = {words.time()};
        else if (words.takes("over"))
            r.told.until = r.told.time, r.told.time = r.told.time - duration(words.take());
        else if (words.takes("order"))
            r.told.order = words.take();
        else if (words.takes("corrected"))
            r.told.status = model::Status::corrected;
        else if (words.takes("deleted"))
            r.told.status = model::Status::deleted;
        else if (words.takes("invalid"))
            r.told.validity = model::Validity::invalid;
        else if (words.takes("from"))
            r.source = words.take();
        else if (words.takes("pump"))
            r.told.pump = words.take();
        else if (words.takes("said"))
            r.told.said = EventTime{words.time()};
        else if (words.takes("coded")) {
            r.told.code = words.take();
            if (const auto cut = r.told.code.find('/'); cut != std::string::npos) {
                r.told.about = r.told.code.substr(cut + 1);
                r.told.code.resize(cut);
            }
        } else
            throw Wrong("cannot read '" + words.peek() + "'");
    }
    return r;
}

// Every line in time order; what repeats is written out.
std::vector<Line> lines_of(std::string const& text) {
    std::vector<Line> out;
    std::istringstream in{text};
    LogTime last{};
    int number_ = 0;
    for (std::string raw; std::getline(in, raw);) {
        ++number_;
        std::istringstream cut{raw.substr(0, raw.find('#'))};
        std::vector<std::string> words;
        for (std::string w; cut >> w;) words.push_back(w);
        if (words.empty()) continue;
        Words w{words};
        const LogTime at{w.time()};
        if (at < last) throw Wrong("line " + std::to_string(number_) + " goes back in time");
        last = at;
        if (!w.takes("every")) {
            std::vector<std::string> rest;
            while (!w.done()) rest.push_back(w.take());
            out.push_back({number_, at, rest});
            continue;
        }
        const auto step = duration(w.take());
        if (!w.takes("until")) throw Wrong("every DURATION until TIME");
        const LogTime until{w.time()};
        std::vector<std::string> rest;
        while (!w.done()) rest.push_back(w.take());
        for (auto t = at; t <= until; t = t + step) out.push_back({number_, t, rest});
    }
    std::stable_sort(out.begin(), out.end(), [](Line const& a, Line const& b) { return a.at < b.at; });
    return out;
}

class Teller {
public:
    Teller(std::string name, core::Rulebook const& rules, LogTime begin)
        : name_{std::move(name)},
          rules_{rules},
          bedside_{rules, begin} {}

    void tell(Line const& line) {
        Words w{line.words};
        visit_ = "p1";
        if (w.peek() == "feed:" || (w.peek().size() > 1 && w.peek().front() == 'p' && w.peek().back() == ':')) {
            visit_ = w.take();
            visit_.pop_back();
        }
        line_ = &line;
        bedside_.tick(line.at);
        if (w.takes("expect"))
            expect(w);
        else
            happen(w);
    }
    std::vector<std::string> problems() const { return problems_; }

private:
    void happen(Words& w) {
        using core::CensusKind;
        const auto at = line_->at;
        if (w.takes("admit"))
            bedside_.census(at, CensusKind::admit, visit_, "mrn-" + visit_, bed_of(w.take()));
        else if (w.takes("transfer"))
            move(w, CensusKind::transfer, bed_of(w.take()));
        else if (w.takes("discharge"))
            move(w, CensusKind::discharge, {});
        else if (w.takes("cancel"))
            bedside_.census(at,
                            w.takes("transfer")    ? CensusKind::cancel_transfer
                            : w.takes("discharge") ? CensusKind::cancel_discharge
                                                   : CensusKind::cancel_admit,
                            visit_, "mrn-" + visit_);
        else if (w.takes("merge"))
            bedside_.census(at, CensusKind::merge, visit_, "mrn-" + visit_, {}, w.take());
        else if (w.takes("attest"))
            attest(w);
        else if (w.takes("acknowledge"))
            acknowledge(w);
        else if (w.takes("pause"))
            pause(w);
        else if (w.takes("shelve"))
            shelve(w);
        else if (w.takes("standby"))
            standby(w);
        else if (w.takes("limit"))
            limit_care(w);
        else if (w.takes("judge"))
            judge(w);
        else if (w.takes("at"))
            by_bed(w);
        else if (w.takes("visit"))
            by_visit(w);
        else if (w.takes("clock"))
            clock(w);
        else if (w.takes("suspend"))
            suspend();
        else {
            const auto r = reading_of(w, at);
            bedside_.tell(at, r.source, {visit_, {}, {}}, {r.told});
        }
    }

    void move(Words& w, core::CensusKind kind, std::optional<model::Location> to) {
        std::optional<EventTime> when;
        if (w.takes("as") && w.takes("of")) when = EventTime{w.time()};
        bedside_.census(line_->at, kind, visit_, "mrn-" + visit_, std::move(to), {}, when);
    }

    void attest(Words& w) {
        core::Attested a;
        a.user = "story";
        auto const* e = the_encounter();
        if (e == nullptr || e->bed.value == 0) throw Wrong("nobody lies there to attest for");
        a.location = bedside_.state().beds[e->bed.value - 1];
        const auto name = w.take();
        const auto signal = model::parse_signal(name);
        if (!signal) throw Wrong("unknown signal " + name);
        a.what = *signal;
        a.value = value_of(w.take());
        if (!w.done()) {
            const auto unit = w.take();
            const auto known = model::parse_unit(unit);
            if (!known) throw Wrong("unknown unit " + unit);
            a.unit = *known;
        }
        for (auto const& effect : bedside_.step(line_->at, a))
            if (auto const* answer = std::get_if<core::CommandAnswered>(&effect);
                answer != nullptr && answer->answer != core::CommandAnswered::Answer::done)
                fail("refused: " + answer->reason);
    }

    void acknowledge(Words& w) {
        const auto rule = w.take();
        auto const* alert = standing(rule);
        if (alert == nullptr) return fail("there is no " + rule + " to acknowledge");
        core::Acknowledged a{"anna", alert->id, alert->revision};
        bool refused = false;
        if (w.takes("revision")) {
            a.revision = static_cast<std::uint64_t>(number(w.take()));
            refused = w.takes("refused");
        }
        for (auto const& effect : bedside_.step(line_->at, a))
            if (auto const* answer = std::get_if<core::CommandAnswered>(&effect);
                answer != nullptr && (answer->answer != core::CommandAnswered::Answer::done) != refused)
                fail(refused ? "was accepted" : "refused: " + answer->reason);
    }

    // over | for DURATION because WORD
    template <class Decided>
    void end_and_reason(Words& w, Decided& d) {
        d.over = w.takes("over");
        if (w.takes("for")) d.ends = core::Ending{{}, duration(w.take())};
        if (w.takes("because")) d.reason = w.take();
    }

    void decide(Words& w, core::What what) {
        const auto wanted = w.takes("refused") ? w.take() : std::string{};
        for (auto const& effect : bedside_.step(line_->at, std::move(what)))
            if (auto const* answer = std::get_if<core::CommandAnswered>(&effect);
                answer != nullptr && answer->reason != wanted)
                fail(answer->reason.empty() ? "was accepted" : "refused: " + answer->reason);
    }

    model::Location where() const {
        auto const* e = the_encounter();
        if (e == nullptr || e->bed.value == 0) throw Wrong("nobody lies there");
        return bedside_.state().beds[e->bed.value - 1];
    }

    void pause(Words& w) {
        const auto rule = w.take();
        auto const* alert = standing(rule);
        if (alert == nullptr) return fail("there is no " + rule + " to pause");
        core::Paused p{"anna", alert->id, alert->revision, false, {}, {}};
        end_and_reason(w, p);
        decide(w, p);
    }

    void shelve(Words& w) {
        core::Shelved s{"anna", where(), w.take(), false, {}, {}};
        end_and_reason(w, s);
        decide(w, s);
    }

    void standby(Words& w) {
        core::StoodBy s{"anna", where(), false, {}, {}};
        end_and_reason(w, s);
        decide(w, s);
    }

    void limit_care(Words& w) {
        if (!w.takes("care")) return limit(w);
        core::CareLimited c{"berta", where(), w.takes("over"), {}, {}};
        while (!w.done() && w.peek() != "because" && w.peek() != "refused") c.rules.push_back(w.take());
        if (w.takes("because")) c.reason = w.take();
        decide(w, c);
    }

    void limit(Words& w) {
        const auto signal = model::parse_signal(w.take());
        if (!signal) throw Wrong("limit of what?");
        core::LimitSet l{"berta", where(), *signal, w.takes("over"), {}, {}, {}};
        if (w.takes("below")) l.below = model::parse_decimal(w.take());
        if (w.takes("above")) l.above = model::parse_decimal(w.take());
        if (w.takes("because")) l.reason = w.take();
        decide(w, l);
    }

    void judge(Words& w) {
        const auto rule = w.take();
        auto const* alert = standing(rule);
        const auto judgement = alerts::parse_judgement(w.take());
        if (alert == nullptr || !judgement) return fail("there is no such alert, or no such judgement");
        decide(w, core::Judged{"anna", alert->id, *judgement});
    }

    void by_bed(Words& w) {
        model::Subject subject;
        subject.location = bed_of(w.take());
        if (w.takes("named")) subject.patients = {"mrn-" + w.take()};
        const auto r = reading_of(w, line_->at);
        bedside_.tell(line_->at, r.source, subject, {r.told});
    }

    void by_visit(Words& w) {
        model::Subject subject;
        subject.visit = w.take();
        if (w.takes("named")) subject.patients = {"mrn-" + w.take()};
        const auto r = reading_of(w, line_->at);
        bedside_.tell(line_->at, r.source, subject, {r.told});
    }

    void clock(Words& w) {
        core::SourceReported r{"bedside", "hl7", core::SourceState::connected, 1, {}, 0, 0, true};
        r.clock_offset = duration(w.take());
        bedside_.step(line_->at, r);
    }

    void suspend() {
        auto const* e = the_encounter();
        if (e == nullptr) throw Wrong("no such patient");
        core::Quarantined q;
        q.encounter = e->id.value;
        q.message_id = "poison";
        bedside_.step(line_->at, q);
    }

    core::Encounter const* the_encounter() const { return bedside_.encounter(visit_); }

    Alert const* standing(std::string const& rule) const {
        const auto in = [&rule](alerts::Standing const& s) -> Alert const* {
            for (auto const& a : s.alerts)
                if (a.rule == rule) return &a;
            return nullptr;
        };
        if (visit_ != "feed") {
            auto const* e = the_encounter();
            return e == nullptr ? nullptr : in(e->alerts);
        }
        for (auto const& s : bedside_.state().sources)
            if (auto const* a = in(s.alerts)) return a;
        return in(bedside_.state().technical);
    }

    void expect(Words& w) {
        if (w.takes("nothing")) {
            if (auto const* e = the_encounter())
                for (auto const& a : e->alerts.alerts) fail("stands: " + describe(a));
            return;
        }
        const auto rule = w.take();
        auto const* a = standing(rule);
        if (w.takes("none")) {
            if (a != nullptr) fail("stands: " + describe(*a));
            return;
        }
        if (w.takes("closed")) return expect_closed(rule, w);
        if (a == nullptr) return fail(rule + " does not stand");
        if (w.takes("says")) {
            const auto said = alerts::sentence(*a, rules_.rules), wanted = w.rest();
            if (said != wanted) fail("says: " + said);
            return;
        }
        if (w.takes("rests")) {
            w.takes("on");
            const auto wanted = w.rest();
            std::string on;
            for (auto const& e : a->evidence) (on += on.empty() ? "" : " ") += name_of(e.signal);
            if (on != wanted) fail("rests on: " + on);
            return;
        }
        const auto state = w.take();
        check(name_of(a->condition), state, *a);
        while (!w.done()) expect_one(w, *a);
    }

    void expect_one(Words& w, Alert const& a) {
        const auto word = w.take();
        if (word == "level")
            check(std::to_string(a.level), w.take(), a);
        else if (word == "confirmed" || word == "unconfirmed")
            check(a.confirmed ? "confirmed" : "unconfirmed", word, a);
        else if (word == "inhibited")
            check(a.inhibited_by, w.take(), a);
        else if (word == "flagged")
            check_flag(w.take(), true, a);
        else if (word == "unflagged")
            check_flag(w.take(), false, a);
        else if (word == "uninhibited")
            check(a.inhibited_by, "", a);
        else if (word == "since")
            check(std::to_string(a.true_since.ms), std::to_string(w.time()), a);
        else if (word == "bed") {
            const auto wanted = w.take();
            if (a.bed.value == 0) return check("none", wanted, a);
            auto const& bed = bedside_.state().beds[a.bed.value - 1];
            check(bed.unit + "." + bed.bed, wanted, a);
        } else if (word == "told")
            check(name_of(a.notify), w.take(), a);
        else if (word == "calls")
            check(a.audience, w.take(), a);
        else if (word == "onsets")
            check(std::to_string(a.onsets), w.take(), a);
        else if (word == "judged")
            check(a.feedback.empty() ? "not" : name_of(a.feedback.back().judgement), w.take(), a);
        else if (alerts::parse_signal_state(word))
            check(name_of(a.signal), word, a);
        else if (alerts::parse_priority(word))
            check(name_of(a.priority), word, a);
        else
            throw Wrong("cannot expect '" + word + "'");
    }

    void check_flag(std::string const& name, bool wanted, Alert const& a) {
        const bool is =
            std::any_of(a.flags.begin(), a.flags.end(), [&](model::Flag f) { return model::name_of(f) == name; });
        if (is != wanted) fail((wanted ? "expected the flag " : "expected no flag ") + name + ": " + describe(a));
    }

    void expect_closed(std::string const& rule, Words& w) {
        Alert const* newest = nullptr;
        auto const* e = the_encounter();
        for (auto const& a : bedside_.revisions())
            if (a.rule == rule && (a.encounter.value == 0 || (e != nullptr && a.encounter == e->id))) newest = &a;
        if (newest == nullptr) return fail(rule + " never stood");
        check(name_of(newest->closing), w.take(), *newest);
        if (!w.done()) check(name_of(newest->condition), w.take(), *newest);
    }

    void check(std::string_view is, std::string_view wanted, Alert const& a) {
        if (is != wanted) fail("expected " + std::string{wanted} + ", is " + std::string{is} + ": " + describe(a));
    }

    std::string describe(Alert const& a) const {
        return a.rule + " " + std::string{name_of(a.condition)} + " level " + std::to_string(a.level) + " " +
               std::string{name_of(a.signal)} + " " + std::string{name_of(a.priority)} + " told " +
               std::string{name_of(a.notify)} + " revision " + std::to_string(a.revision) + " \"" +
               alerts::sentence(a, rules_.rules) + "\"";
    }

    void fail(std::string const& what) {
        std::string line;
        for (auto const& word : line_->words) line += " " + word;
        problems_.push_back(name_ + ":" + std::to_string(line_->number) + ":" + line + " — " + what);
    }

    std::string name_;
    core::Rulebook const& rules_;
    Bedside bedside_;
    std::string visit_;
    Line const* line_ = nullptr;
    std::vector<std::string> problems_;
};

} // namespace

std::vector<std::string> run_story(std::string const& name, std::string const& text, core::Rulebook const& rules) {
    int line = 0;
    try {
        const auto lines = lines_of(text);
        if (lines.empty()) return {name + ": an empty story"};
        Teller teller{name, rules, lines.front().at};
        for (auto const& one : lines) {
            line = one.number;
            teller.tell(one);
        }
        return teller.problems();
    } catch (Wrong const& wrong) {
        return {name + ":" + std::to_string(line) + ": " + wrong.what()};
    }
}

} // namespace vigil::testing
