#pragma once
// The subcommands, one file each.

#include "cli/session.hpp"

namespace vigil::cli {

void add_watch(CLI::App& app, Session& session);    // watch.cpp
void add_why(CLI::App& app, Session& session);      // why.cpp
void add_explain(CLI::App& app, Session& session);  // explain.cpp
void add_status(CLI::App& app, Session& session);   // status.cpp
void add_unmapped(CLI::App& app, Session& session); // unmapped.cpp
void add_ack(CLI::App& app, Session& session);      // ack.cpp
void add_attest(CLI::App& app, Session& session);   // attest.cpp
void add_pause(CLI::App& app, Session& session);    // decide.cpp
void add_shelve(CLI::App& app, Session& session);
void add_feedback(CLI::App& app, Session& session);
void add_standby(CLI::App& app, Session& session);
void add_care_limits(CLI::App& app, Session& session);
void add_limit(CLI::App& app, Session& session);
void add_assign(CLI::App& app, Session& session);   // assign.cpp
void add_census(CLI::App& app, Session& session);   // census.cpp
void add_scores(CLI::App& app, Session& session);   // scores_at.cpp
void add_send(CLI::App& app, Session& session);     // send.cpp
void add_verify(CLI::App& app, Session& session);   // verify.cpp
void add_backup(CLI::App& app, Session& session);   // backup.cpp
void add_keygen(CLI::App& app, Session& session);   // keygen.cpp
void add_alerts(CLI::App& app, Session& session);   // alerts.cpp
void add_check(CLI::App& app, Session& session);    // check.cpp
void add_export(CLI::App& app, Session& session);   // export.cpp
void add_outcomes(CLI::App& app, Session& session); // outcomes.cpp

} // namespace vigil::cli
