// The tree of subcommands, and what it chose.
#pragma once

#include <functional>
#include <string>

#include "cli/commands/commands.h"

namespace CLI {
class App;
}

namespace leat::cli {

using Command = std::function<Result<ExitStatus>(const Config&)>;

// What the arguments ask for. Lives while they are parsed and the command runs.
struct CommandChoice {
  std::string config_path = "leat.yaml";
  Command command;
  std::function<Result<ExitStatus>()> bare_command;  // set instead: it needs no configuration
};

CLI::App* add_command(CLI::App* parent, CommandChoice* choice, const char* name, const char* what,
                      const char* examples, Command command);
CLI::App* add_group(CLI::App* parent, const char* name, const char* what, const char* examples);

void add_topic_admin_commands(CLI::App* topic, CommandChoice* choice);
void add_consumer_commands(CLI::App* app, CommandChoice* choice);
void add_log_commands(CLI::App* app, CommandChoice* choice);

}  // namespace leat::cli
