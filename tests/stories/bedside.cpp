#include "tests/stories/bedside.hpp"

#include "core/intake.hpp"
#include "definitions/config.hpp"
#include "definitions/rulebook_loader.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace vigil::testing {

namespace {

core::State born_at(model::LogTime at) {
    core::State s;
    s.now = at;
    return s;
}

model::Digest content_of(std::string const& text) {
    model::Digest d{};
    const auto h = core::digest64(text);
    for (std::size_t i = 0; i < 8; ++i) d[i] = static_cast<std::uint8_t>(h >> (8 * i));
    return d;
}

} // namespace

core::Rulebook shipped_rulebook_with_card() {
    char const* root = std::getenv("VIGIL_ROOT");
    definitions::Problems problems;
    const auto config =
        definitions::load_config(std::string{root == nullptr ? "." : root} + "/config/vigil.toml", problems);
    auto rules = problems.empty() ? definitions::load_rulebook(config, problems) : std::nullopt;
    if (!rules) throw std::runtime_error(problems.empty() ? "no rulebook" : to_string(problems.front()));
    return *std::move(rules);
}

core::Rulebook shipped_rulebook() {
    auto rules = shipped_rulebook_with_card();
    rules.rules.admission.reset();
    return rules;
}

Bedside::Bedside(core::Rulebook const& rules, model::LogTime begin)
    : engine_{rules, born_at(begin)} {
    step(begin, core::Started{1, {}});
    // A daemon that has recovered: silence counts.
    step(begin, core::SourceReported{"bedside", "hl7", core::SourceState::connected, 1, {}, 0, 0, true});
}

void Bedside::take(std::vector<core::Effect> const& effects) {
    for (auto const& e : effects)
        if (auto const* a = std::get_if<core::AlertChanged>(&e)) revisions_.push_back(a->alert);
}

void Bedside::tick(model::LogTime to) {
    if (to > engine_.state().now) step(to, core::Ticked{to});
}

std::vector<core::Effect> Bedside::step(model::LogTime at, core::What what) {
    if (!std::holds_alternative<core::Ticked>(what)) tick(at);
    effects_.clear();
    core::Event event{++seq_, at, std::move(what)};
    engine_.step(event, effects_);
    if (std::holds_alternative<model::Frame>(event.what)) frame_ = std::move(event);
    take(effects_);
    return effects_;
}

model::SourceId Bedside::source(std::string const& name) {
    if (const auto id = engine_.find_source(name)) return *id;
    step(engine_.state().now, core::SourceReported{name, "hl7", core::SourceState::connected, 1, {}, 0, 0, true});
    return *engine_.find_source(name);
}

void Bedside::tell(model::LogTime at, std::string const& from, model::Subject const& subject,
                   std::vector<Told> const& readings) {
    tick(at);
    model::Frame f;
    f.source = source(from);
    f.message_id = "m" + std::to_string(++messages_);
    f.content = content_of(f.message_id);
    const bool held_up = !readings.empty() && readings.front().said;
    f.message_time = model::DeviceTime{held_up ? readings.front().said->ms : at.ms};
    f.received = {at.ms};
    f.processing = model::Processing::training;
    if (const auto known = engine_.find_subject(subject))
        f.subject = *known;
    else {
        f.subject = {static_cast<std::uint32_t>(engine_.state().subjects.size() + 1)};
        f.new_subjects.push_back(subject);
    }
    for (auto const& t : readings) {
        model::Channel c;
        c.source = f.source;
        c.system = model::CodeSystem::VIGIL;
        c.code = name_of(t.signal);
        if (!t.code.empty()) {
            c.system = model::CodeSystem::MDC;
            c.code = t.code;
            c.sub_id = t.about;
            const bool technical = t.signal == model::Signal::device_alarm;
            c.method = technical ? model::Method::technical_alarm : model::Method::alarm;
        }
        if (!t.pump.empty()) c.sub_id = t.pump;
        c.unit = t.unit;
        c.specimen = t.specimen;
        model::Reading r;
        const auto fresh = std::find(f.new_channels.begin(), f.new_channels.end(), c);
        if (const auto known = engine_.find_channel(c))
            r.channel = *known;
        else {
            const auto index = static_cast<std::size_t>(fresh - f.new_channels.begin());
            if (fresh == f.new_channels.end()) f.new_channels.push_back(c);
            r.channel = {static_cast<std::uint32_t>(engine_.state().channels.size() + index + 1)};
        }
        r.value = t.value;
        r.time = model::DeviceTime{t.time.ms};
        if (t.until) r.until = model::DeviceTime{t.until->ms};
        r.time_quality = model::TimeQuality::synchronised;
        r.status = t.status;
        r.validity = t.validity;
        if (!t.order.empty()) {
            f.orders.push_back(t.order);
            r.order = static_cast<std::uint16_t>(f.orders.size());
        }
        f.readings.push_back(r);
    }
    step(at, std::move(f));
}

void Bedside::census(model::LogTime at, core::CensusKind kind, std::string const& visit, std::string const& patient,
                     std::optional<model::Location> to, std::string const& absorbed_visit,
                     std::optional<model::EventTime> effective) {
    core::CensusChange c;
    c.kind = kind;
    c.source = kind == core::CensusKind::merge ? "command:registrar" : "adt"; // names two people as one
    c.message_id = "a" + std::to_string(++messages_);
    c.content = content_of(c.message_id);
    c.processing = model::Processing::training;
    c.subject.visit = visit;
    if (!patient.empty()) c.subject.patients = {patient};
    c.subject.location = std::move(to);
    c.absorbed_visit = absorbed_visit;
    c.effective = effective.value_or(model::patient_now(at));
    c.message_time = model::DeviceTime{at.ms};
    c.age_years = 60;
    step(at, std::move(c));
}

core::Encounter const* Bedside::encounter(std::string const& visit) const {
    for (auto const& e : engine_.state().encounters)
        if (e.visit == visit) return &e;
    return nullptr;
}

} // namespace vigil::testing
