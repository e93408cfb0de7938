#include "cli/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "cli/commands/command_tree.h"
#include "cli/commands/commands.h"
#include "cli/text/nearest.h"
#include "cli/version.h"

namespace leat::cli {
namespace {

constexpr ExitStatus kFailed = 1;
constexpr ExitStatus kUsage = 2;

// Everything the arguments can set; the commands capture it.
struct Arguments : CommandChoice {
  bool json = false;
  std::string source;
  std::string sql;
  std::string format = "table";
  TopicCatOptions cat;
  std::string topic;
  std::string view;
  std::vector<std::string> key;
  bool confirmed = false;
};

QueryFormat format_of(const std::string& name) {
  if (name == "csv") return QueryFormat::csv;
  return name == "json" ? QueryFormat::json : QueryFormat::table;
}

void add_server_commands(CLI::App* app, Arguments* a) {
  add_command(app, a, "run", "read the sources, keep the views, answer queries, until SIGTERM",
              "  leat run\n  leat run --config shop/leat.yaml", run_server);
  add_command(app, a, "check", "say whether the sources can be read, and how to mend what is wrong",
              "  leat check\n  leat check --config shop/leat.yaml", run_check);
  auto* status = add_command(app, a, "status", "how the running process stands",
                             "  leat status\n  leat status --json",
                             [a](const Config& config) { return run_status(config, a->json); });
  status->add_flag("--json", a->json, "for programs");
}

void add_source_commands(CLI::App* app, Arguments* a) {
  auto* source =
      add_group(app, "source", "the databases that are read", "  leat source resnapshot shop");
  auto* resnapshot =
      add_command(source, a, "resnapshot",
                  "copy a source's tables anew; the views answer as of their last cut until then",
                  "  leat source resnapshot shop",
                  [a](const Config& config) { return run_source_resnapshot(config, a->source); });
  resnapshot->add_option("source", a->source, "its name in the configuration")->required();
}

void add_query_command(CLI::App* app, Arguments* a) {
  auto* query = add_command(
      app, a, "query", "run a SELECT over the views of the running process",
      "  leat query \"SELECT * FROM order_lines ORDER BY id LIMIT 10\"\n"
      "  leat query \"SELECT count(*) FROM order_lines\" --format csv",
      [a](const Config& config) { return run_query(config, a->sql, format_of(a->format)); });
  query->add_option("sql", a->sql, "the statement")->required();
  query->add_option("--format", a->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}));
}

void add_topic_commands(CLI::App* app, Arguments* a) {
  auto* topic = add_group(app, "topic", "the change log's topics, one a table",
                          "  leat topic list\n  leat topic cat shop.public.orders --follow");
  add_command(topic, a, "list", "every topic with its size", "  leat topic list", run_topic_list);
  auto* describe =
      add_command(topic, a, "describe", "a topic's columns and partitions",
                  "  leat topic describe shop.public.orders",
                  [a](const Config& config) { return run_topic_describe(config, a->topic); });
  describe->add_option("topic", a->topic, "SOURCE.SCHEMA.TABLE")->required();
  auto* cat = add_command(topic, a, "cat",
                          "a topic's changes in commit order, one Debezium JSON object a line",
                          "  leat topic cat shop.public.orders\n"
                          "  leat topic cat shop.public.orders --follow --from 18204\n"
                          "  leat topic cat shop.public.orders --since 15min\n"
                          "  leat topic cat shop.public.orders --follow --consumer mirror",
                          [a](const Config& config) { return run_topic_cat(config, a->cat); });
  cat->add_option("topic", a->cat.topic, "SOURCE.SCHEMA.TABLE")->required();
  cat->add_flag("--follow", a->cat.follow, "go on with the changes to come");
  auto* from = cat->add_option("--from", a->cat.from_cut, "only changes after this cut")
                   ->check(CLI::NonNegativeNumber);
  auto* since = cat->add_option("--since", a->cat.since,
                                "only changes of this time or later: 15min (ago), or '2026-11-22 "
                                "20:00:00' (UTC)")
                    ->excludes(from);
  auto* partition = cat->add_option("--partition", a->cat.partition, "only this one")
                        ->check(CLI::NonNegativeNumber);
  auto* offset = cat->add_option("--offset", a->cat.offset, "begin at this one of the partition")
                     ->check(CLI::NonNegativeNumber)
                     ->needs(partition)
                     ->excludes(from)
                     ->excludes(since);
  cat->add_option("--consumer", a->cat.consumer,
                  "go on behind what the consumer of this name was given, and remember it")
      ->excludes(from)
      ->excludes(since)
      ->excludes(partition)
      ->excludes(offset);
  add_topic_admin_commands(topic, a);
}

void add_view_commands(CLI::App* app, Arguments* a) {
  auto* view = add_group(app, "view", "the materialized views",
                         "  leat view list\n  leat view get order_lines 17");
  add_command(view, a, "list", "every view with its state", "  leat view list", run_view_list);
  auto* describe = add_command(
      view, a, "describe", "a view's state, columns and query", "  leat view describe order_lines",
      [a](const Config& config) { return run_view_describe(config, a->view); });
  describe->add_option("view", a->view, "its name")->required();
  auto* get =
      add_command(view, a, "get", "the rows whose first column (second, …) is the given value",
                  "  leat view get order_lines 17",
                  [a](const Config& config) { return run_view_get(config, a->view, a->key); });
  get->add_option("view", a->view, "its name")->required();
  get->add_option("key", a->key, "values")->required();
  auto* rebuild = add_command(
      view, a, "rebuild", "build a view once more from the log; it answers as it is until then",
      "  leat view rebuild order_lines",
      [a](const Config& config) { return run_view_rebuild(config, a->view); });
  rebuild->add_option("view", a->view, "its name")->required();
  auto* drop = add_command(view, a, "drop", "remove a view whose file is gone, and its rows",
                           "  leat view drop order_lines",
                           [a](const Config& config) { return run_view_drop(config, a->view); });
  drop->add_option("view", a->view, "its name")->required();
  drop->add_flag("--yes", a->confirmed,
                 "as for topic delete; nothing is asked, a view can be rebuilt");
}

ExitStatus exit_status(const Result<ExitStatus>& exit) {
  if (exit.ok()) return *exit;
  std::fprintf(stderr, "%s\n", exit.error().message().c_str());
  return kFailed;
}

ExitStatus run(const CommandChoice& arguments) {
  if (arguments.bare_command) return exit_status(arguments.bare_command());
  auto config = load_config(arguments.config_path);
  if (!config.ok()) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kUsage;
  }
  return exit_status(arguments.command(*config));
}

// CLI11 only says that a command is missing. COMMAND: the words before, "leat topic".
void print_unknown_command(const std::string& command, const std::string& word,
                           const std::vector<std::string>& known) {
  auto nearest = nearest_word(word, known);
  std::fprintf(stderr, "%s has no command '%s'%s; see: %s --help\n", command.c_str(), word.c_str(),
               nearest ? ("; did you mean '" + *nearest + "'?").c_str() : "", command.c_str());
}

bool names_unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* group = &app;
  std::string command = "leat";
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    std::vector<std::string> known;
    const CLI::App* next = nullptr;
    for (const CLI::App* each : group->get_subcommands({})) {
      known.push_back(each->get_name());
      if (known.back() == argv[i]) next = each;
    }
    if (known.empty()) return false;  // what follows are its arguments
    if (next == nullptr) {
      print_unknown_command(command, argv[i], known);
      return true;
    }
    group = next;
    command += std::string(" ") + argv[i];
  }
  return false;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  Arguments arguments;
  CLI::App app("Leat reads databases' changes into topics and keeps SQL views over them.", "leat");
  app.set_version_flag("--version", std::string("leat ") + kVersion);
  app.footer("Begin with leat check, then leat run; leat COMMAND --help has examples.");
  app.require_subcommand(1);
  add_server_commands(&app, &arguments);
  add_source_commands(&app, &arguments);
  add_query_command(&app, &arguments);
  add_topic_commands(&app, &arguments);
  add_view_commands(&app, &arguments);
  add_consumer_commands(&app, &arguments);
  add_log_commands(&app, &arguments);
  if (names_unknown_command(app, argc, argv)) return kUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }
  return run(arguments);
}

}  // namespace leat::cli
