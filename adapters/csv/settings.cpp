#include "adapters/csv/feed.hpp"

namespace vigil::csv {

using adapters::Config;
using adapters::ConfigError;

FeedSettings settings_of(Config const& config, std::vector<ConfigError>& errors) {
    // A key of zeros never leaves here: without a site key there is an error and the settings are not used.
    FeedSettings out{
        {config.site_key ? *config.site_key : adapters::SiteKey({}), {}, {}, {}, config.simulated}, {}, {}};
    adapters::SectionReader reader(config.section, "csv.", errors);
    const auto needed = [&](char const* key, char const* what) {
        auto text = reader.text(key, "");
        if (text.empty()) reader.error(config.section.at, key, std::string{"is missing: "} + what);
        return text;
    };
    if (!config.host.empty()) errors.push_back({{1, 1}, "listen", "a file is read, nobody connects"});
    out.file = needed("file", "the readings CSV that is followed");
    if (out.file.ends_with(".gz"))
        reader.error(config.section.at, "file", "a compressed file cannot be followed while it grows");
    out.position_file = needed("position_file", "where it is kept how far the file has been read");
    out.rows.patient_authority = reader.text("patient_authority", "");
    out.rows.visit_authority = reader.text("visit_authority", "");
    out.rows.places = adapters::read_places(reader);
    reader.finish();
    return out;
}

std::unique_ptr<adapters::Feed> make_feed(Config const& config, std::vector<ConfigError>& errors) {
    auto settings = settings_of(config, errors);
    if (!errors.empty()) return nullptr;
    return follow(std::move(settings));
}

} // namespace vigil::csv
