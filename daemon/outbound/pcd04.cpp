#include "outbound/pcd04.hpp"

#include "adapters/hl7/escape.hpp"
#include "core/model/decimal.hpp"
#include "wire/instant.hpp"
#include "wire/topic.hpp"

#include <fmt/format.h>

namespace vigil::outbound {

namespace {

using hl7::escaped;

constexpr std::string_view namespace_id = "VIGIL";

std::string timestamp(std::int64_t ms) {
    const auto at = wire::civil(ms);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}.{:03}+0000", static_cast<int>(at.day.year()),
                       static_cast<unsigned>(at.day.month()), static_cast<unsigned>(at.day.day()),
                       at.time.hours().count(), at.time.minutes().count(), at.time.seconds().count(),
                       at.time.subseconds().count());
}

// A code of this installation, as IEEE 11073 leaves room for: no number, a name that begins with MDCX.
std::string site_code(std::string_view rule, std::string_view suffix = {}) {
    std::string out = "0^MDCX_VIGIL_";
    for (const char c : rule) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out.append(suffix) + "^MDC";
}

bool technical(v1::Alert const& alert) { return alert.kind() == v1::ALERT_KIND_TECHNICAL; }

std::string_view priority_code(v1::Priority priority) {
    switch (priority) {
    case v1::PRIORITY_HIGH: return "PH";
    case v1::PRIORITY_MEDIUM: return "PM";
    case v1::PRIORITY_LOW: return "PL";
    default: return "PN";
    }
}

struct Source {
    std::string type, code, value, unit, limit;
};

// The limit that gave the alert its priority: the row of the rule's table that its level reached.
std::string limit_of(v1::Alert const& alert) {
    const v1::AlertLevel* reached = nullptr;
    for (auto const& row : alert.levels())
        if (row.at() <= alert.level() && (reached == nullptr || row.at() > reached->at())) reached = &row;
    return reached == nullptr ? std::string() : fmt::format(">={}", reached->at());
}

// What the alert is about: the one reading that decided, else the level of the rule.
Source source_of(v1::Alert const& alert) {
    if (technical(alert)) {
        auto subject = escaped(alert.bed().empty() || alert.bed() == wire::no_place ? "vigil" : alert.bed());
        return {"CWE", "68480^MDC_ATTR_ALERT_SOURCE^MDC", subject + "^" + subject + "^L", {}, {}};
    }
    const v1::Evidence* only = nullptr;
    int used = 0;
    for (auto const& one : alert.evidence())
        if (one.verdict() == v1::VERDICT_USED) ++used, only = &one;
    if (used == 1 && only->has_mantissa()) {
        const auto value = model::make_decimal(only->mantissa(), only->scale());
        const bool standard = !only->code().empty() && (only->system() == "LN" || only->system() == "MDC");
        auto code = standard ? escaped(only->code()) + "^" + escaped(only->signal()) + "^" + only->system()
                             : site_code(only->signal());
        if (value) {
            const bool bounded = !only->comparator().empty(); // "<5" is not 5
            return {bounded ? "SN" : "NM",
                    std::move(code),
                    (bounded ? only->comparator() + "^" : std::string()) + model::to_string(*value),
                    only->unit().empty() ? std::string() : escaped(only->unit()) + "^^UCUM",
                    {}};
        }
    }
    return {"NM", site_code(alert.rule(), "_LEVEL"), std::to_string(alert.level()), {}, limit_of(alert)};
}

class Facets {
public:
    explicit Facets(std::int64_t changed_ms)
        : changed_(timestamp(changed_ms)) {}

    void add(std::string_view type, std::string_view code, std::string_view value, std::string_view unit = {},
             std::string_view limit = {}, bool with_time = false) {
        ++n_;
        text_ += fmt::format("OBX|{0}|{1}|{2}|1.0.0.1.{0}|{3}|{4}|{5}||||F", n_, type, code, value, unit, limit);
        if (with_time) text_ += "|||" + changed_;
        text_ += '\r';
    }
    void note(std::string_view text) { text_ += "NTE|1|A|" + escaped(text) + '\r'; }
    std::string text() && { return std::move(text_); }

private:
    std::string changed_, text_;
    int n_ = 0;
};

std::string facets(Delivery const& delivery, Pcd04Settings const& settings) {
    auto const& alert = delivery.alert;
    Facets out(delivery.phase == Phase::start ? alert.true_since_ms() : alert.revised_at_ms());
    if (technical(alert))
        out.add("CWE", "196616^MDC_EVT_ALARM^MDC", site_code(alert.rule()) + "^^^^^^" + escaped(alert.reason()), {}, {},
                true);
    else
        out.add("ST", site_code(alert.rule()), escaped(alert.reason()), {}, {}, true);
    if (!alert.criterion().empty()) out.note(alert.criterion());
    const auto source = source_of(alert);
    out.add(source.type, source.code, source.value, source.unit, source.limit);
    out.add("ST", "68481^MDC_ATTR_EVENT_PHASE^MDC", name_of(delivery.phase));
    out.add("ST", "68482^MDC_ATTR_ALARM_STATE^MDC", alarm_state(alert));
    out.add("ST", "68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC", inactivation_state(alert));
    out.add("ST", "68484^MDC_ATTR_ALARM_PRIORITY^MDC", priority_code(alert.priority()));
    out.add("ST", "68485^MDC_ATTR_ALERT_TYPE^MDC", technical(alert) ? "ST" : settings.physiological ? "SP" : "SA");
    return std::move(out).text();
}

std::string header(Delivery const& delivery, Pcd04Settings const& settings) {
    return fmt::format("MSH|^~\\&|{}|{}|{}|{}|{}||ORU^R40^ORU_R40|{}|{}|2.6|||AL|NE||UNICODE UTF-8|||"
                       "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.4.1^ISO\r",
                       namespace_id, escaped(settings.site), escaped(settings.receiving_application),
                       escaped(settings.receiving_facility), timestamp(delivery.at_ms), escaped(key_of(delivery)),
                       delivery.simulated ? 'T' : 'P');
}

std::string subject(v1::Alert const& alert) {
    const auto token = escaped(alert.encounter());
    const bool placed = !alert.bed().empty() && alert.bed() != wire::no_place;
    std::string out = token.empty() ? std::string("PID|||^^^VIGIL^PI||^^^^^^U\r")
                                    : fmt::format("PID|||{}^^^VIGIL^PI||^^^^^^S\r", token);
    out += "PV1||I|" + escaped(alert.unit() == wire::no_place ? std::string() : alert.unit());
    if (placed) out += "^^" + escaped(alert.bed());
    if (!token.empty()) out.append(16, '|') += token + "^^^VIGIL^VN"; // PV1-19
    return out + '\r';
}

} // namespace

std::string pcd04_message(Delivery const& delivery, Pcd04Settings const& settings) {
    auto const& id = delivery.alert.id();
    const bool first = delivery.phase == Phase::start;
    std::string out = header(delivery, settings) + subject(delivery.alert);
    out += fmt::format("OBR|1||{}^{}|196616^MDC_EVT_ALARM^MDC|||{}", escaped(first ? id : key_of(delivery)),
                       namespace_id, timestamp(delivery.at_ms));
    if (!first) out.append(22, '|') += fmt::format("^{}&{}", escaped(id), namespace_id); // OBR-29.2
    return out + '\r' + facets(delivery, settings);
}

} // namespace vigil::outbound
