// The parts of a running Leat, wired together: the only place that is.
//
//   sources ──▶ log ──▶ maintainer ──▶ SQL and HTTP servers
//                ├── state store (the views' and the sources' row stores)
//                └── cleaner
//
// Made bottom-up, taken down the other way round: first nobody asks any more, then nothing is read
// any more, then the views flush, and the log is closed last.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cdc/source.h"
#include "cli/config/config.h"
#include "cli/status_report.h"
#include "cli/topics/topic_admin.h"
#include "cli/topics/topic_append.h"
#include "compaction/cleaner.h"
#include "log/base/status.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "views/maintainer.h"
#include "views/serve/http.h"
#include "views/serve/pg_server.h"

namespace leat::cli {

class Engine {
 public:
  // Opens the log and the state (recovery included) and prepares the rest; nothing runs yet. An
  // error names what could not be opened.
  static Result<std::unique_ptr<Engine>> open(const Config& config);
  ~Engine();  // as stop(), without a word

  // Starts the views, the servers and the sources.
  Status start();

  // Any thread, from start() on.
  StatusReport status() const;

  // A reason to end instead of going on: a source that has never been copied cannot be read, or a
  // view's definition is wrong. Both are somebody's first try, who waits for an answer.
  Status startup_error() const;

  // Ends the servers, the sources (at a transaction boundary, all durable), the views and the log.
  // What the disk has no room for is left out.
  Status stop();

 private:
  explicit Engine(const Config& config) : config_(config) {}

  Status open_store();
  Status make_views();
  Status make_sources();
  void keep_floors_of_known_readers();
  Status start_servers();
  Status start_sql();
  void make_http_servers();
  void report_connections(StatusReport* report) const;
  Status resnapshot(const std::string& source_name);
  TopicViews views_of_topics() const;

  Config config_;
  int64_t started_us_ = 0;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<TopicAppender> appender_;
  std::unique_ptr<compaction::Cleaner> cleaner_;
  std::unique_ptr<store::Store> store_;
  views::Definitions definitions_;  // until start()
  std::unique_ptr<views::Maintainer> maintainer_;
  std::unique_ptr<views::serve::QueryService> queries_;
  std::vector<std::unique_ptr<cdc::Source>> sources_;
  std::unique_ptr<views::serve::HttpServer> http_;
  std::unique_ptr<views::serve::HttpServer> control_;
  std::unique_ptr<views::serve::PgServer> sql_;
  bool first_start_ = false;
  bool stopped_ = false;
};

}  // namespace leat::cli
