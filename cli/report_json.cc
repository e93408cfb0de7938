// The reports as JSON, and back for the command line. Each report's fields are listed once, below;
// the list serves both ways.
#include <nlohmann/json.hpp>
#include <tuple>

#include "cli/status_report.h"
#include "cli/topics/consumers.h"
#include "cli/topics/topic_report.h"

namespace leat::cli {
namespace {

using nlohmann::json;

template <class Report, class Value>
struct Field {
  const char* name;
  Value Report::*member;
};

template <class Report, class Value>
constexpr Field<Report, Value> field(const char* name, Value Report::*member) {
  return {name, member};
}

template <class Report>
struct Fields;  // all: the fields of Report, in a tuple

template <>
struct Fields<cdc::TableProgress> {
  using R = cdc::TableProgress;
  static constexpr auto all =
      std::make_tuple(field("table", &R::table), field("rows_done", &R::rows_done),
                      field("rows_estimated", &R::rows_estimated), field("done", &R::done));
};

template <>
struct Fields<cdc::StoppedTable> {
  using R = cdc::StoppedTable;
  static constexpr auto all =
      std::make_tuple(field("table", &R::table), field("reason", &R::reason));
};

template <>
struct Fields<cdc::SourceStatus> {
  using R = cdc::SourceStatus;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("server", &R::server),
                      field("state", &R::state), field("error", &R::last_error),
                      field("position", &R::position), field("behind_bytes", &R::behind_bytes),
                      field("behind_us", &R::behind_us), field("changes_total", &R::changes_total),
                      field("transactions_total", &R::transactions_total),
                      field("changes_per_second", &R::changes_per_second),
                      field("snapshot", &R::snapshot), field("stopped_tables", &R::stopped_tables));
};

template <>
struct Fields<ViewReport> {
  using R = ViewReport;
  static constexpr auto all = std::make_tuple(
      field("name", &R::name), field("state", &R::state), field("rows", &R::rows),
      field("cut", &R::cut), field("behind_cuts", &R::behind_cuts),
      field("behind_us", &R::behind_us), field("behind_bytes", &R::behind_bytes),
      field("progress", &R::progress), field("changes_per_second", &R::changes_per_second),
      field("left_us", &R::left_us), field("error", &R::error));
};

template <>
struct Fields<DetachedReaderReport> {
  using R = DetachedReaderReport;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("cut", &R::cut), field("reason", &R::reason));
};

template <>
struct Fields<DamagedPartitionReport> {
  using R = DamagedPartitionReport;
  static constexpr auto all = std::make_tuple(
      field("topic", &R::topic), field("partition", &R::partition), field("damage", &R::damage),
      field("source", &R::source), field("is_replaced", &R::is_replaced));
};

template <>
struct Fields<CompactionReport> {
  using R = CompactionReport;
  static constexpr auto all = std::make_tuple(
      field("compactions_total", &R::compactions_total),
      field("bytes_read_total", &R::bytes_read_total),
      field("bytes_written_total", &R::bytes_written_total),
      field("passes_total", &R::passes_total),
      field("segments_expired_total", &R::segments_expired_total),
      field("failures_total", &R::failures_total), field("last_failure", &R::last_failure),
      field("dirty_bytes", &R::dirty_bytes), field("held_back_bytes", &R::held_back_bytes),
      field("held_back_bytes_max", &R::held_back_bytes_max));
};

template <>
struct Fields<LogReport> {
  using R = LogReport;
  static constexpr auto all = std::make_tuple(
      field("paused_reason", &R::paused_reason), field("failed_reason", &R::failed_reason),
      field("disk_free_bytes", &R::disk_free_bytes), field("cuts_total", &R::cuts_total),
      field("units_total", &R::units_total),
      field("appended_bytes_total", &R::appended_bytes_total),
      field("checkpoints_total", &R::checkpoints_total), field("queued_bytes", &R::queued_bytes),
      field("queue_bytes_max", &R::queue_bytes_max),
      field("unit_in_parts_us", &R::unit_in_parts_us),
      field("journal_used_bytes", &R::journal_used_bytes),
      field("journal_size_bytes", &R::journal_size_bytes), field("sync_us_p50", &R::sync_us_p50),
      field("sync_us_p99", &R::sync_us_p99), field("open_readers", &R::open_readers),
      field("retired_generations", &R::retired_generations),
      field("damaged_partitions", &R::damaged_partitions),
      field("detached_readers", &R::detached_readers));
};

template <>
struct Fields<StateReport> {
  using R = StateReport;
  static constexpr auto all = std::make_tuple(
      field("paused_reason", &R::paused_reason), field("unflushed_bytes", &R::unflushed_bytes),
      field("cache_bytes", &R::cache_bytes), field("cache_bytes_max", &R::cache_bytes_max),
      field("views_memory_bytes", &R::views_memory_bytes),
      field("views_memory_bytes_max", &R::views_memory_bytes_max),
      field("view_groups", &R::view_groups), field("view_groups_max", &R::view_groups_max),
      field("flushes_total", &R::flushes_total), field("flush_waits_total", &R::flush_waits_total));
};

template <>
struct Fields<StatusReport> {
  using R = StatusReport;
  static constexpr auto all = std::make_tuple(
      field("version", &R::version), field("data_dir", &R::data_dir), field("cut", &R::cut),
      field("log_bytes", &R::log_bytes), field("state_bytes", &R::state_bytes),
      field("spilled_bytes", &R::spilled_bytes), field("memory_bytes", &R::memory_bytes),
      field("memory_limit_bytes", &R::memory_limit_bytes), field("open_files", &R::open_files),
      field("open_files_max", &R::open_files_max), field("up_us", &R::up_us),
      field("sql_connections", &R::sql_connections),
      field("sql_connections_max", &R::sql_connections_max),
      field("http_connections", &R::http_connections),
      field("http_connections_max", &R::http_connections_max), field("log", &R::log),
      field("compaction", &R::compaction), field("state", &R::state), field("sources", &R::sources),
      field("views", &R::views));
};

template <>
struct Fields<TopicColumnReport> {
  using R = TopicColumnReport;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("type", &R::type),
                      field("nullable", &R::nullable), field("key", &R::key));
};

template <>
struct Fields<TopicPartitionReport> {
  using R = TopicPartitionReport;
  static constexpr auto all =
      std::make_tuple(field("start", &R::start), field("end", &R::end),
                      field("cleaned_horizon", &R::cleaned_horizon), field("bytes", &R::bytes),
                      field("segments", &R::segments), field("dirty_bytes", &R::dirty_bytes),
                      field("held_back_bytes", &R::held_back_bytes),
                      field("compaction_due", &R::compaction_due), field("damage", &R::damage));
};

template <>
struct Fields<TopicSettingReport> {
  using R = TopicSettingReport;
  static constexpr auto all = std::make_tuple(field("name", &R::name), field("value", &R::value));
};

template <>
struct Fields<LogReaderReport> {
  using R = LogReaderReport;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("cut", &R::cut), field("behind", &R::behind));
};

template <>
struct Fields<TopicReport> {
  using R = TopicReport;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("kind", &R::kind), field("state", &R::state),
                      field("reason", &R::reason), field("generation", &R::generation),
                      field("since_cut", &R::since_cut), field("columns", &R::columns),
                      field("partitions", &R::partitions), field("settings", &R::settings),
                      field("readers", &R::readers));
};

template <>
struct Fields<ConsumerReport> {
  using R = ConsumerReport;
  static constexpr auto all =
      std::make_tuple(field("name", &R::name), field("topic", &R::topic), field("cut", &R::cut),
                      field("behind", &R::behind), field("topic_is_deleted", &R::topic_is_deleted));
};

constexpr cdc::SourceState kStates[] = {cdc::SourceState::connecting,
                                        cdc::SourceState::snapshotting, cdc::SourceState::streaming,
                                        cdc::SourceState::retrying, cdc::SourceState::stopped};

// write() and read() for each kind of value that a report has. What is not of the form is an
// exception of the library's, which the functions at the end turn into an error.
template <class Value>
struct Json {  // numbers, booleans, text
  static json write(const Value& value) { return value; }
  static void read(const json& from, Value* value) { from.get_to(*value); }
};

template <>
struct Json<cdc::SourceState> {
  static json write(cdc::SourceState state) { return cdc::to_text(state); }
  static void read(const json& from, cdc::SourceState* state) {
    const std::string text = from;
    for (cdc::SourceState known : kStates) {
      if (text != cdc::to_text(known)) continue;
      *state = known;
      return;
    }
    throw json::other_error::create(500, "unknown state of a source: " + text, &from);
  }
};

template <class Value>
struct Json<std::optional<Value>> {
  static json write(const std::optional<Value>& value) {
    return value ? Json<Value>::write(*value) : json();
  }
  static void read(const json& from, std::optional<Value>* value) {
    if (!from.is_null()) Json<Value>::read(from, &value->emplace());
  }
};

template <class Value>
struct Json<std::vector<Value>> {
  static json write(const std::vector<Value>& values) {
    json out = json::array();
    for (const Value& value : values) out.push_back(Json<Value>::write(value));
    return out;
  }
  static void read(const json& from, std::vector<Value>* values) {
    for (const json& value : from) Json<Value>::read(value, &values->emplace_back());
  }
};

template <class Report>
requires requires {
  Fields<Report>::all;
}
struct Json<Report> {
  static json write(const Report& report) {
    json out = json::object();
    std::apply([&](const auto&... each) { (write_field(report, each, &out), ...); },
               Fields<Report>::all);
    return out;
  }
  static void read(const json& from, Report* report) {
    std::apply([&](const auto&... each) { (read_field(from, each, report), ...); },
               Fields<Report>::all);
  }

 private:
  template <class Value>
  static void write_field(const Report& report, const Field<Report, Value>& one, json* out) {
    (*out)[one.name] = Json<Value>::write(report.*one.member);
  }
  template <class Value>
  static void read_field(const json& from, const Field<Report, Value>& one, Report* report) {
    Json<Value>::read(from.at(one.name), &(report->*one.member));
  }
};

std::string text_of(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace);
}

template <class Report>
Result<Report> parse(std::string_view text) {
  try {
    Report report;
    Json<Report>::read(json::parse(text), &report);
    return report;
  } catch (const json::exception& e) {
    return Error::permanent(std::string("the running process answers in another form (is it ") +
                            "another version of leat?): " + e.what());
  }
}

}  // namespace

std::string status_json(const StatusReport& report) {
  return text_of(Json<StatusReport>::write(report));
}

Result<StatusReport> parse_status_json(std::string_view text) {
  return parse<StatusReport>(text);
}

// With what the command line computes itself.
std::string topics_json(const std::vector<TopicReport>& topics) {
  json out = json::array();
  for (const TopicReport& topic : topics) {
    out.push_back(Json<TopicReport>::write(topic));
    out.back()["records"] = topic.records();
    out.back()["bytes"] = topic.bytes();
  }
  return text_of(out);
}

Result<std::vector<TopicReport>> parse_topics_json(std::string_view text) {
  return parse<std::vector<TopicReport>>(text);
}

std::string consumers_json(const std::vector<ConsumerReport>& consumers) {
  json out = json::array();
  for (const ConsumerReport& each : consumers) out.push_back(Json<ConsumerReport>::write(each));
  return text_of(out);
}

Result<std::vector<ConsumerReport>> parse_consumers_json(std::string_view text) {
  return parse<std::vector<ConsumerReport>>(text);
}

}  // namespace leat::cli
