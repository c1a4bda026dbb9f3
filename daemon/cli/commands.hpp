#pragma once
// The subcommands, one file each.

#include "cli/session.hpp"

namespace vigil::cli {

void add_watch(command_line::Command& app, Session& session);    // watch.cpp
void add_why(command_line::Command& app, Session& session);      // why.cpp
void add_explain(command_line::Command& app, Session& session);  // explain.cpp
void add_status(command_line::Command& app, Session& session);   // status.cpp
void add_unmapped(command_line::Command& app, Session& session); // unmapped.cpp
void add_ack(command_line::Command& app, Session& session);      // ack.cpp
void add_attest(command_line::Command& app, Session& session);   // attest.cpp
void add_pause(command_line::Command& app, Session& session);    // decide.cpp
void add_shelve(command_line::Command& app, Session& session);
void add_feedback(command_line::Command& app, Session& session);
void add_standby(command_line::Command& app, Session& session);
void add_care_limits(command_line::Command& app, Session& session);
void add_limit(command_line::Command& app, Session& session);
void add_assign(command_line::Command& app, Session& session);   // assign.cpp
void add_census(command_line::Command& app, Session& session);   // census.cpp
void add_scores(command_line::Command& app, Session& session);   // scores_at.cpp
void add_send(command_line::Command& app, Session& session);     // send.cpp
void add_verify(command_line::Command& app, Session& session);   // verify.cpp
void add_backup(command_line::Command& app, Session& session);   // backup.cpp
void add_keygen(command_line::Command& app, Session& session);   // keygen.cpp
void add_alerts(command_line::Command& app, Session& session);   // alerts.cpp
void add_check(command_line::Command& app, Session& session);    // check.cpp
void add_export(command_line::Command& app, Session& session);   // export.cpp
void add_outcomes(command_line::Command& app, Session& session); // outcomes.cpp

} // namespace vigil::cli
