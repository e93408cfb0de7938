#include "cli/commands/command_line.h"

int main(int argc, char** argv) {
  return leat::cli::run_command_line(argc, argv);
}
