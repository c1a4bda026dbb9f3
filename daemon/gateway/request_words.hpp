#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::gateway {

/// 1 to `most` letters, digits and characters of `also`.
bool is_word(std::string_view text, std::size_t most, std::string_view also);
bool is_alert_id(std::string_view text);
/// A login, not a sentence: it goes into the journal.
bool is_user(std::string_view text);
bool is_loopback(const std::string& address);
/// host or host:port, of one of these names; a name another site cannot take over by DNS.
bool is_host_of(std::string_view host, const std::vector<std::string>& names);
/// Always at least one piece.
std::vector<std::string> split(std::string_view text, char at);
/// The one the page chose, so that a repeated request is one command; else a fresh one.
std::string command_id(std::string const& idempotency_key);
std::string new_command_id();
/// Digits and nothing else; empty when it is no such number or too large.
std::optional<std::uint64_t> whole_number(std::string_view text);
/// Of `a=1&b=2`; what is percent-encoded stays so.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

/// With %3A and the like as what they stand for; nothing where a percent sign is none of it.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace vigil::gateway
