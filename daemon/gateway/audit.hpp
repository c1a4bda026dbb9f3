#pragma once
// Who signed in, failed to, was refused, broke the glass and why, and what was asked of patients' alerts, in one file
// of text that is only ever added to:
//
//     vigil-audit 1
//     instant <TAB> user <TAB> role <TAB> address <TAB> what <TAB> outcome <TAB> detail <TAB> chain
//
// `chain` is BLAKE2b-256 over the chain of the line before, a newline, and this line up to its last tab. It shows an
// edit, a line taken out and a line put in; not a tail that was cut off: compare its last line with a copy elsewhere.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vigil::gateway {

struct AuditEntry {
    std::string user; ///< empty: nobody had signed in
    std::string role;
    std::string address;
    std::string what;    ///< an operation, or login, logout, break_glass, accounts …
    std::string outcome; ///< done, denied, failed, begun, ended
    std::string detail;  ///< the reason that was given, or what it was done to; at most 240 bytes are kept
};

class Audit {
public:
    explicit Audit(std::string path)
        : path_(std::move(path)) {}

    /// Adds a line; with `durable` it is on the disk before this returns. Several programs may add at once. Returns
    /// what went wrong: then there is no such line.
    std::string add(const AuditEntry& entry, std::int64_t utc_ms, bool durable);
    /// The newest lines without their chain, oldest first; nothing when the file cannot be read.
    [[nodiscard]] std::optional<std::vector<std::string>> newest(std::size_t most) const;

private:
    std::string path_;
};

struct AuditCheck {
    std::size_t entries = 0;
    std::string error; ///< `file:line: reason`; empty when every line follows from the one before
};
/// Reads the whole file, and gives each line without its chain to `line`.
AuditCheck check_audit(const std::string& path, const std::function<void(const std::string&)>& line);

} // namespace vigil::gateway
