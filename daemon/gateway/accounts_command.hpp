#pragma once

#include "gateway/gateway_config.hpp"

#include <string>

namespace vigil::command_line {
class Command;
}

namespace vigil::gateway {

/// `vigil-gateway accounts add|password|role|remove|list` and `vigil-gateway audit`; `what` is empty where the gateway
/// is to serve.
struct AccountsCommand {
    std::string what;
    std::string user;
    std::string role;
};

void add_accounts_commands(command_line::Command& app, AccountsCommand& command);
/// Does it; the exit code. A password is read from the terminal, or a line of standard input, never from the arguments.
int run_accounts(const GatewayConfig& config, const AccountsCommand& command);

} // namespace vigil::gateway
