#include "cli/engine.h"

#include <spdlog/spdlog.h>

#include "cdc/mysql/source.h"
#include "cdc/postgres/source.h"
#include "cli/control/admin_routes.h"
#include "cli/control/client.h"
#include "cli/control/routes.h"
#include "cli/health.h"
#include "cli/parts.h"
#include "cli/state_dir.h"
#include "cli/system/memory.h"
#include "cli/topics/known_readers.h"
#include "cli/topics/unknown_sources.h"
#include "cli/version.h"
#include "log/base/clock.h"
#include "views/serve/sql_service.h"
#include "views/view_tables.h"

namespace leat::cli {
namespace {

Status in_configuration(const Status& status, const Config& config, const char* key) {
  if (status.ok()) return status;
  return status.error().in(config.path + ": " + key);
}

// What a full disk had no room for at the end is not lost: the log, or the source, has it.
Status but_for_want_of_room(const Status& stopped) {
  if (stopped.ok() || !stopped.error().is_transient()) return stopped;
  spdlog::warn("{}; the next start reads it again", stopped.error().message());
  return {};
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(const Config& config) {
  std::unique_ptr<Engine> engine(new Engine(config));
  engine->started_us_ = Clock::system().unix_us();
  LEAT_ASSIGN_OR_RETURN(engine->log_, open_log(config));
  LEAT_RETURN_IF_ERROR(apply_topic_rules(config.topics, *engine->log_));
  engine->appender_ = std::make_unique<TopicAppender>(*engine->log_, Clock::system());
  engine->first_start_ = engine->log_->state()->source_positions.empty();
  engine->cleaner_ =
      std::make_unique<compaction::Cleaner>(engine->log_->segments(), cleaner_options(config));
  LEAT_RETURN_IF_ERROR(engine->open_store());
  LEAT_RETURN_IF_ERROR(engine->make_views());
  LEAT_RETURN_IF_ERROR(engine->make_sources());
  engine->keep_floors_of_known_readers();
  return engine;
}

Engine::~Engine() {
  (void)stop();
}

// The store's tables: each source's rows, then the views'.
Status Engine::open_store() {
  LEAT_RETURN_IF_ERROR(settle_state_dir(state_dir(config_), log_->state()->incarnation));
  store::StoreOptions options;
  options.path = state_dir(config_);
  options.block_cache_bytes = block_cache_bytes(config_);
  options.open_files_max = store_files_max(open_files_limit());
  for (const SourceConfig& source : config_.sources) {
    options.tables.push_back(row_table_name(source));
  }
  for (std::string& name : views::ViewTables::names()) options.tables.push_back(std::move(name));
  LEAT_ASSIGN_OR_RETURN(store_, store::Store::open(options));
  return {};
}

// A file that does not parse ends the start: whoever wrote it is looking.
Status Engine::make_views() {
  std::vector<views::DefinitionFile> files;
  for (const ViewFile& file : config_.views) files.push_back({file.path, file.text});
  views::Definitions definitions = views::parse_definitions(files);
  if (!definitions.errors.empty()) return Error::permanent(definitions.errors.front());
  views::ViewTables tables(static_cast<uint32_t>(config_.sources.size()));
  LEAT_ASSIGN_OR_RETURN(maintainer_,
                        views::Maintainer::open(*log_, *store_, tables, Clock::system(),
                                                maintainer_options(config_)));
  queries_ = std::make_unique<views::serve::SqlService>(*maintainer_, query_bytes_max(config_));
  definitions_ = std::move(definitions);
  return {};
}

Status Engine::make_sources() {
  for (const std::string& source : unknown_sources(*log_->state(), config_)) {
    spdlog::warn("{} names no source {}: its topics, and the views over them, stand still",
                 config_.path, source);
  }
  for (size_t i = 0; i < config_.sources.size(); ++i) {
    const SourceConfig& source = config_.sources[i];
    cdc::RowStoreTable rows{store_.get(), store::TableId(static_cast<uint32_t>(i))};
    if (source.mysql) {
      auto mysql = mysql_config(config_, source);
      if (!mysql.ok()) return mysql.error().in(config_.path + ": sources." + source.name);
      sources_.push_back(cdc::mysql::make_mysql_source(std::move(*mysql), *log_, rows));
    } else {
      sources_.push_back(cdc::make_postgres_source(postgres_config(config_, source), *log_, rows));
    }
  }
  return {};
}

void Engine::keep_floors_of_known_readers() {
  std::vector<std::string> known = maintainer_->reader_names();
  for (const SourceConfig& source : config_.sources) known.push_back(row_table_name(source));
  forget_other_readers(known, *log_);
}

Status Engine::start() {
  cleaner_->start();
  maintainer_->start();
  LEAT_RETURN_IF_ERROR(maintainer_->set_definitions(std::move(definitions_)));
  LEAT_RETURN_IF_ERROR(start_servers());
  for (auto& source : sources_) source->start();
  return {};
}

// The two that report on the servers listen last: when the first request comes, all three are
// there.
Status Engine::start_servers() {
  LEAT_RETURN_IF_ERROR(start_sql());
  make_http_servers();
  auto http_port = http_->listen_tcp(config_.listen_http.host, config_.listen_http.port);
  if (!http_port.ok()) return in_configuration(http_port.error(), config_, "listen.http");
  return control_->listen_unix(control_socket_path(config_.data_dir));
}

Status Engine::start_sql() {
  views::serve::PgServerOptions options;
  options.host = config_.listen_sql.host;
  options.port = config_.listen_sql.port;
  auto sql = views::serve::PgServer::start(options, *queries_, Clock::system());
  if (!sql.ok()) return in_configuration(sql.error(), config_, "listen.sql");
  sql_ = std::move(*sql);
  return {};
}

void Engine::make_http_servers() {
  RouteContext context{*log_, *queries_, [this] { return status(); },
                       [this](const std::string& source) { return resnapshot(source); }};
  http_ = std::make_unique<views::serve::HttpServer>();
  register_routes(*http_, context);
  views::serve::HttpLimits control_limits;
  control_limits.body_bytes_max = kControlBodyBytesMax;
  control_ = std::make_unique<views::serve::HttpServer>(control_limits);
  register_routes(*control_, context);
  register_control_routes(*control_, context);
  register_admin_routes(
      *control_, {*log_, *appender_, *cleaner_, config_, [this] { return views_of_topics(); },
                  [this](const std::string& view) { return maintainer_->rebuild(view); },
                  [this](const std::string& view) { return maintainer_->drop(view); }});
}

Status Engine::resnapshot(const std::string& source_name) {
  std::string known;
  for (const auto& source : sources_) {
    const std::string name = source->status().name;
    if (name == source_name) {
      source->resnapshot();
      return {};
    }
    known += (known.empty() ? "" : ", ") + name;
  }
  return Error::permanent("there is no source " + source_name + "; there are " + known);
}

TopicViews Engine::views_of_topics() const {
  TopicViews readers;
  for (const auto& view : maintainer_->status()) {
    for (const std::string& topic : view.inputs) readers[topic].push_back(view.name);
  }
  return readers;
}

StatusReport Engine::status() const {
  StatusReport report;
  auto state = log_->state();
  report.version = kVersion;
  report.cut = state->cut.value();
  report.data_dir = config_.data_dir;
  report.log_bytes = log_bytes(*state);
  report.state_bytes = store_->disk_bytes();
  report.spilled_bytes = spilled_bytes(config_);
  report.memory_bytes = resident_bytes();
  report.memory_limit_bytes = config_.memory_limit_bytes;
  report.open_files = open_files();
  report.open_files_max = open_files_limit();
  report.up_us = Clock::system().unix_us() - started_us_;
  report_connections(&report);
  report.log = report_of(log_->health(), *state, config_);
  if (auto room = Fs::posix().free_bytes(config_.data_dir); room.ok()) {
    report.log.disk_free_bytes = *room;
  }
  report.compaction = report_of(*cleaner_);
  report.state = report_of(*store_, maintainer_->memory());
  report.state.cache_bytes_max = block_cache_bytes(config_);
  for (const auto& source : sources_) report.sources.push_back(source->status());
  for (const auto& view : maintainer_->status()) report.views.push_back(report_of(view));
  return report;
}

void Engine::report_connections(StatusReport* report) const {
  if (sql_) {
    report->sql_connections = sql_->connections();
    report->sql_connections_max = sql_->connections_max();
  }
  if (!http_) return;
  report->http_connections = http_->connections();
  report->http_connections_max = http_->connections_max();
}

Status Engine::startup_error() const {
  auto positions = log_->state()->source_positions;
  for (const auto& source : sources_) {
    cdc::SourceStatus status = source->status();
    // What passes by itself ends a start only where the database was never reached: there it is
    // more likely a mistake in the configuration.
    bool unreached = status.state == cdc::SourceState::retrying && status.server.empty();
    bool failed = status.state == cdc::SourceState::stopped || unreached;
    if (failed && !positions.contains(status.name)) {
      return Error::permanent(status.name + ": " + status.last_error);
    }
  }
  for (const auto& view : maintainer_->status()) {
    if (view.invalid && first_start_) return Error::permanent(view.reason);
  }
  return {};
}

Status Engine::stop() {
  if (stopped_) return {};
  stopped_ = true;
  if (log_) log_->give_up_waiting();  // who would wait for it is joined below
  if (cleaner_) cleaner_->stop();     // first: a client may wait for a compaction
  if (sql_) sql_->stop();
  if (http_) http_->stop();
  if (control_) control_->stop();
  if (maintainer_) maintainer_->begin_stop();  // before a flush of its thread's can fail
  if (store_) store_->give_up_waiting();
  for (auto& source : sources_) source->stop();
  Status views = maintainer_ ? but_for_want_of_room(maintainer_->stop()) : Status();
  sources_.clear();
  maintainer_.reset();
  store_.reset();
  Status closed = log_ ? but_for_want_of_room(log_->close()) : Status();
  return views.ok() ? closed : views;
}

}  // namespace leat::cli
