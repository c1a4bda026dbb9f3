#pragma once
// What a source's configuration tells the decoder.

#include "adapters/hl7/charset.hpp"
#include "adapters/runtime/places.hpp"
#include "adapters/runtime/tokens.hpp"
#include "adapters/runtime/vocabulary.hpp"
#include "adapters/runtime/zone.hpp"
#include "core/model/decimal.hpp"
#include "core/model/reading.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigil::hl7 {

struct Settings {
    explicit Settings(adapters::SiteKey site_key)
        : key(site_key) {}

    adapters::SiteKey key;
    adapters::Places places;
    adapters::CodedValues coded;
    std::optional<adapters::Zone> zone; // for times without an offset
    Charset charset = Charset::latin1;  // without MSH-18, when the text is not UTF-8
    bool continuous = false;            // a source that reports as it measures
    bool simulated = false;             // takes processing id T and nothing else
    bool decimal_comma = false;
    bool visit_from_account = false;      // PID-18 is the visit number where PV1-19 is empty
    bool visit_authority = false;         // the authority of a visit number is part of its token
    std::string default_authority;        // where CX-4 is empty
    std::vector<std::string> authorities; // "AUTHORITY" or "AUTHORITY^TYPE", best first
    std::map<std::string, std::vector<model::Decimal>, std::less<>> sentinels; // by code, "*" for all
    std::map<std::string, std::string, std::less<>> drugs;         // reduced drug text to ATC, beside the built-in list
    std::map<std::string, model::Specimen, std::less<>> specimens; // by the source's own code, in capitals
};

} // namespace vigil::hl7
