#pragma once
// Where the journal is that a command reads by itself.

#include "cli/session.hpp"

namespace vigil::cli {

// As given, else the directory that the configuration names. Empty after a complaint.
std::string journal_folder(Session const& session, std::string const& given);

} // namespace vigil::cli
