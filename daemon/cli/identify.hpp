#pragma once
// Identifiers become tokens before they leave this program, by the same key as in the adapters; nobody's number is ever
// sent.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::cli {

struct IdentifyOptions {
    std::string site_key;          // --site-key, or VIGIL_SITE_KEY
    bool tokens = false;           // --tokens: they are tokens already
    std::string visit_authority;   // --visit-authority: only where the feed's visit numbers are told apart by theirs
    std::string patient_authority; // --patient-authority: assigning authority of the record numbers
};

class Identify {
public:
    // Empty after a complaint.
    static std::optional<Identify> make(IdentifyOptions const& options);

    std::string visit(std::string_view number) const;
    std::string patient(std::string_view number) const;

private:
    struct Key;
    IdentifyOptions options_;
    std::shared_ptr<Key const> key_;
};

} // namespace vigil::cli
