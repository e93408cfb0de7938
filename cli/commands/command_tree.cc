#include "cli/commands/command_tree.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace leat::cli {
namespace {

struct LogArguments {
  std::string dir;
  std::string data_dir;
  std::string topic;
  std::vector<std::string> files;
};

struct ConsumerArguments {
  std::string name;
  uint64_t cut = 0;
};

struct AdminArguments {
  NewTopic topic;
  bool is_table = false;
  std::string name;
  Assignments settings;
  bool confirmed = false;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string file;
};

CLI::App* add_plain(CLI::App* parent, CommandChoice* choice, const char* name, const char* what,
                    const char* examples) {
  CLI::App* app = parent->add_subcommand(name, what);
  app->footer(std::string("Examples:\n") + examples);
  app->add_option("--config", choice->config_path, "the configuration, leat.yaml if not given");
  return app;
}

void add_verify(CLI::App* log, CommandChoice* choice, const std::shared_ptr<LogArguments>& a) {
  auto* verify =
      add_plain(log, choice, "verify", "read and check every byte of a log that is not running",
                "  leat log verify\n  leat log verify /backups/monday");
  verify->add_option("dir", a->dir,
                     "a data directory or a backup; the configuration's if not given");
  verify->callback([=] {
    if (a->dir.empty()) {
      choice->command = [](const Config& config) { return run_log_verify(config.data_dir); };
    } else {
      choice->bare_command = [a] { return run_log_verify(a->dir); };
    }
  });
}

void add_dump(CLI::App* log, CommandChoice* choice, const std::shared_ptr<LogArguments>& a) {
  auto* dump = add_plain(log, choice, "dump", "print segments, journals and checkpoints readably",
                         "  leat log dump leat-data/log/CHECKPOINT leat-data/log/journal/*\n"
                         "  leat log dump --topic shop.public.orders");
  auto* files = dump->add_option("files", a->files, "files of a log");
  dump->add_option("--topic", a->topic, "all segments of a topic of a log that is not running")
      ->excludes(files);
  dump->callback([=] {
    if (a->topic.empty()) {
      choice->bare_command = [a] { return run_log_dump(a->files); };
    } else {
      choice->command = [a](const Config& config) { return run_log_dump_topic(config, a->topic); };
    }
  });
}

void add_restore(CLI::App* log, CommandChoice* choice, const std::shared_ptr<LogArguments>& a) {
  auto* restore = add_plain(log, choice, "restore", "make a data directory of a backup",
                            "  leat log restore /backups/monday ./leat-data");
  restore->add_option("backup", a->dir, "what leat log backup made")->required();
  restore->add_option("data_dir", a->data_dir, "empty, or not there yet")->required();
  restore->callback(
      [=] { choice->bare_command = [a] { return run_log_restore(a->dir, a->data_dir); }; });
}

void add_create(CLI::App* topic, CommandChoice* choice, const std::shared_ptr<AdminArguments>& a) {
  auto* create = add_command(topic, choice, "create", "make a topic of your own",
                             "  leat topic create clicks --columns \"at timestamptz, page text\"\n"
                             "  leat topic create rates --table --partitions 2 "
                             "--columns \"code text, rate numeric\" --key code",
                             [a](const Config& config) {
                               if (a->is_table) a->topic.kind = log::TopicKind::table;
                               return run_topic_create(config, a->topic);
                             });
  create->add_option("topic", a->topic.name, "its name")->required();
  create->add_option("--columns", a->topic.columns, "NAME TYPE [not null], …")->required();
  create->add_option("--key", a->topic.key, "key columns; a table needs them");
  create->add_flag("--table", a->is_table,
                   "one row a key, compacted; otherwise a stream of events");
  create->add_option("--partitions", a->topic.partitions, "for good; 4 if not given");
  create->add_option("--set", a->topic.settings, "NAME=VALUE, as for alter");
}

void add_append(CLI::App* topic, CommandChoice* choice, const std::shared_ptr<AdminArguments>& a) {
  auto* append = add_command(
      topic, choice, "append",
      "append records to a stream topic: JSON objects by column name, one a line",
      "  leat topic append clicks clicks.jsonl\n"
      "  echo '{\"at\":\"2026-11-22 12:00:00+00\",\"page\":\"/cart\"}' | leat topic append clicks",
      [a](const Config& config) { return run_topic_append(config, a->name, a->file); });
  append->add_option("topic", a->name, "a topic of your own, made without --table")->required();
  append->add_option("file", a->file, "standard input if not given");
}

void add_truncate(CLI::App* topic, CommandChoice* choice,
                  const std::shared_ptr<AdminArguments>& a) {
  auto* truncate = add_command(
      topic, choice, "truncate-to",
      "give up what a damaged partition holds from an offset on; leat must not run",
      "  leat log verify\n  leat topic truncate-to shop.public.orders 0 1204",
      [a](const Config& config) {
        return run_topic_truncate(config, {a->name, a->partition, a->offset}, a->confirmed);
      });
  truncate->add_option("topic", a->name, "SOURCE.SCHEMA.TABLE")->required();
  truncate->add_option("partition", a->partition, "its number")->required();
  truncate->add_option("offset", a->offset, "the first that is given up")->required();
  truncate->add_flag("--yes", a->confirmed, "do not ask");
}

}  // namespace

CLI::App* add_command(CLI::App* parent, CommandChoice* choice, const char* name, const char* what,
                      const char* examples, Command command) {
  CLI::App* app = add_plain(parent, choice, name, what, examples);
  app->callback([=] { choice->command = command; });
  return app;
}

CLI::App* add_group(CLI::App* parent, const char* name, const char* what, const char* examples) {
  CLI::App* group = parent->add_subcommand(name, what);
  group->require_subcommand(1);
  group->footer(std::string("Examples:\n") + examples);
  return group;
}

void add_topic_admin_commands(CLI::App* topic, CommandChoice* choice) {
  auto a = std::make_shared<AdminArguments>();
  add_create(topic, choice, a);
  add_append(topic, choice, a);
  auto* alter = add_command(
      topic, choice, "alter", "set a topic's codec, compaction, retention …",
      "  leat topic alter shop.public.orders codec=lz4 "
      "compaction_lag_min=1h",
      [a](const Config& config) { return run_topic_alter(config, a->name, a->settings); });
  alter->add_option("topic", a->name, "SOURCE.SCHEMA.TABLE")->required();
  alter->add_option("settings", a->settings, "NAME=VALUE; leat topic describe shows them")
      ->required();
  auto* remove = add_command(
      topic, choice, "delete", "delete a topic and all that it holds",
      "  leat topic delete shop.public.old\n"
      "  leat topic delete shop.public.old --yes",
      [a](const Config& config) { return run_topic_delete(config, a->name, a->confirmed); });
  remove->add_option("topic", a->name, "SOURCE.SCHEMA.TABLE")->required();
  remove->add_flag("--yes", a->confirmed, "do not ask");
  add_truncate(topic, choice, a);
}

void add_consumer_commands(CLI::App* app, CommandChoice* choice) {
  auto* consumer = add_group(app, "consumer", "named readers of topics, whose positions leat keeps",
                             "  leat consumer list\n  leat consumer drop mirror");
  auto a = std::make_shared<ConsumerArguments>();
  add_command(consumer, choice, "list", "every consumer with its position", "  leat consumer list",
              run_consumer_list);
  auto* reset = add_command(
      consumer, choice, "reset", "set a consumer back, or forward",
      "  leat consumer reset mirror\n  leat consumer reset mirror --to 18204",
      [a](const Config& config) { return run_consumer_reset(config, a->name, a->cut); });
  reset->add_option("consumer", a->name, "its name")->required();
  reset->add_option("--to", a->cut, "behind this cut; to the start if not given")
      ->check(CLI::NonNegativeNumber);
  auto* drop = add_command(consumer, choice, "drop", "forget a consumer; what it held back may go",
                           "  leat consumer drop mirror", [a](const Config& config) {
                             return run_consumer_drop(config, a->name);
                           });
  drop->add_option("consumer", a->name, "its name")->required();
}

void add_log_commands(CLI::App* app, CommandChoice* choice) {
  auto* log =
      add_group(app, "log", "the change log's files: verify, dump, back up, restore, compact",
                "  leat log backup /backups/monday\n  leat log verify /backups/monday");
  auto a = std::make_shared<LogArguments>();
  add_verify(log, choice, a);
  add_dump(log, choice, a);
  auto* backup = add_command(log, choice, "backup", "copy the log, also while leat runs",
                             "  leat log backup /backups/monday",
                             [a](const Config& config) { return run_log_backup(config, a->dir); });
  backup->add_option("dir", a->dir, "empty, or not there yet")->required();
  auto* compact =
      add_command(log, choice, "compact", "compact a table's topic now, as fast as the disk goes",
                  "  leat log compact shop.public.orders",
                  [a](const Config& config) { return run_log_compact(config, a->topic); });
  compact->add_option("topic", a->topic, "SOURCE.SCHEMA.TABLE")->required();
  add_restore(log, choice, a);
}

}  // namespace leat::cli
