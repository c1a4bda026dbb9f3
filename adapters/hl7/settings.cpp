#include "adapters/hl7/settings.hpp"

#include "adapters/hl7/feed.hpp"

#include <algorithm>

namespace vigil::hl7 {

namespace {

using adapters::ClockTrust;
using adapters::Config;
using adapters::ConfigError;
using adapters::Section;
using adapters::SectionReader;
using adapters::Setting;

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

void read_sentinels(Section const& section, SectionReader& reader, Settings& out) {
    for (auto const& [code, setting] : section.values) {
        auto values = setting.list;
        if (setting.type == Setting::Type::number || setting.type == Setting::Type::text)
            values.push_back(setting.text);
        for (auto const& text : values) {
            const auto number = model::parse_decimal(text);
            if (number)
                out.sentinels[code].push_back(*number);
            else
                reader.error(setting.at, "sentinels." + code,
                             "\"" + text + "\" is no decimal number (write fractions as texts)");
        }
    }
}

bool is_atc(std::string_view code) {
    return code.size() == 7 && std::all_of(code.begin(), code.end(),
                                           [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

void read_drugs(Section const& section, SectionReader& reader, Settings& out) {
    for (auto const& [text, setting] : section.values) {
        if (setting.type == Setting::Type::text && is_atc(setting.text))
            out.drugs[lower(text)] = setting.text;
        else
            reader.error(setting.at, "drugs." + text, "must be an ATC code of seven characters, such as C01CA03");
    }
}

void read_specimens(Section const& section, SectionReader& reader, Settings& out) {
    static const std::map<std::string, model::Specimen, std::less<>> meanings = {
        {"arterial", model::Specimen::arterial},   {"venous", model::Specimen::venous},
        {"capillary", model::Specimen::capillary}, {"mixed_venous", model::Specimen::mixed_venous},
        {"blood", model::Specimen::other},         {"not_blood", model::Specimen::not_blood}};
    for (auto const& [code, setting] : section.values) {
        const auto means = meanings.find(setting.text);
        if (setting.type == Setting::Type::text && means != meanings.end())
            out.specimens[upper(code)] = means->second;
        else
            reader.error(setting.at, "specimens." + code,
                         "must be \"blood\", \"arterial\", \"venous\", \"mixed_venous\", \"capillary\" or "
                         "\"not_blood\"");
    }
}

void read_charset(SectionReader& reader, Settings& out) {
    auto const* setting = reader.any("charset");
    if (!setting) return;
    const auto set = charset_of(setting->text);
    if (setting->type != Setting::Type::text || !set || *set == Charset::undeclared)
        reader.error(setting->at, "charset", "must be \"ASCII\", \"8859/1\" to \"8859/16\" or \"UNICODE UTF-8\"");
    else
        out.charset = *set;
}

} // namespace

std::unique_ptr<Settings> settings_of(Config const& config, std::vector<ConfigError>& errors) {
    // A key of zeros never leaves here: without a site key there is an error and the settings are not used.
    auto out = std::make_unique<Settings>(config.site_key ? *config.site_key : adapters::SiteKey({}));
    SectionReader reader(config.section, "hl7.", errors);
    if (config.host.empty())
        errors.push_back({{1, 1}, "listen", "is missing: the address and port that senders connect to"});
    out->coded = config.coded;
    out->zone = config.zone;
    out->simulated = config.simulated;
    out->continuous = reader.truth("continuous", config.clock == ClockTrust::device);
    out->decimal_comma = reader.truth("decimal_comma", false);
    out->visit_from_account = reader.truth("visit_from_account", false);
    out->visit_authority = reader.truth("visit_authority", false);
    out->default_authority = reader.text("default_authority", "");
    out->authorities = reader.list("authorities");
    out->places = adapters::read_places(reader);
    read_charset(reader, *out);
    if (auto const* section = reader.section("sentinels")) read_sentinels(*section, reader, *out);
    if (auto const* section = reader.section("drugs")) read_drugs(*section, reader, *out);
    if (auto const* section = reader.section("specimens")) read_specimens(*section, reader, *out);
    reader.finish();
    return out;
}

} // namespace vigil::hl7
