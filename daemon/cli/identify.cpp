#include "cli/identify.hpp"

#include "adapters/runtime/tokens.hpp"
#include "cli/session.hpp"

#include <cstdlib>

namespace vigil::cli {

struct Identify::Key {
    adapters::SiteKey site;
};

std::optional<Identify> Identify::make(IdentifyOptions const& options) {
    Identify out;
    out.options_ = options;
    if (options.tokens) return out;
    std::string path = options.site_key;
    if (const char* set = std::getenv("VIGIL_SITE_KEY"); path.empty() && set != nullptr) path = set;
    if (path.empty()) {
        complain("--site-key FILE is needed to turn numbers into tokens, or --tokens if they are tokens already");
        return std::nullopt;
    }
    std::string why;
    const auto key = adapters::read_site_key(path, why);
    if (!key) {
        complain(path + ": " + why);
        return std::nullopt;
    }
    out.key_ = std::make_shared<Key const>(Key{*key});
    return out;
}

std::string Identify::visit(std::string_view number) const {
    if (!key_ || number.empty()) return std::string(number);
    return key_->site.token("visit", options_.visit_authority, number);
}

std::string Identify::patient(std::string_view number) const {
    if (!key_ || number.empty()) return std::string(number);
    return key_->site.patient_token(options_.patient_authority, number);
}

} // namespace vigil::cli
