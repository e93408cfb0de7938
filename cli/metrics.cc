#include <spdlog/fmt/fmt.h>

#include <functional>

#include "cli/status_report.h"

namespace leat::cli {
namespace {

constexpr double kMicrosecond = 1e-6;

// A label's value: backslash, quote and newline are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

class MetricsWriter {
 public:
  // One family: its head, then SAMPLES writes its values.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  }
  void value(double value) { out_ += fmt::format("{} {}\n", name_, value); }
  void value(std::string_view label, std::string_view label_value, double value) {
    out_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name_, label, escaped(label_value), value);
  }
  void single(std::string_view name, std::string_view type, std::string_view help, double v) {
    family(name, type, help);
    value(v);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string name_;
  std::string out_;
};

using SourceValue = std::function<double(const cdc::SourceStatus&)>;
using ViewValue = std::function<double(const ViewReport&)>;

struct SourceMetric {
  const char* name;
  const char* type;
  const char* help;
  SourceValue value;
};

const std::vector<SourceMetric>& source_metrics() {
  static const std::vector<SourceMetric> all = {
      {"leat_source_up", "gauge", "1 while the source is copied or streamed.",
       [](auto& s) {
         return s.state == cdc::SourceState::streaming || s.state == cdc::SourceState::snapshotting;
       }},
      {"leat_source_lag_bytes", "gauge", "WAL of the source that is not yet durable here.",
       [](auto& s) { return static_cast<double>(s.behind_bytes); }},
      {"leat_source_lag_seconds", "gauge", "Age of the oldest change that is not yet durable here.",
       [](auto& s) { return static_cast<double>(s.behind_us) * kMicrosecond; }},
      {"leat_source_changes_total", "counter", "Changes made durable since the start.",
       [](auto& s) { return static_cast<double>(s.changes_total); }},
      {"leat_source_transactions_total", "counter", "Transactions made durable since the start.",
       [](auto& s) { return static_cast<double>(s.transactions_total); }},
      {"leat_source_tables_stopped", "gauge", "Tables of the source that are stopped.",
       [](auto& s) { return static_cast<double>(s.stopped_tables.size()); }},
  };
  return all;
}

struct ViewMetric {
  const char* name;
  const char* type;
  const char* help;
  ViewValue value;
};

const std::vector<ViewMetric>& view_metrics() {
  static const std::vector<ViewMetric> all = {
      {"leat_view_live", "gauge", "1 while the view moves with every cut.",
       [](auto& v) { return v.state == "live" ? 1.0 : 0.0; }},
      {"leat_view_cut", "gauge", "The cut up to which the view is applied.",
       [](auto& v) { return static_cast<double>(v.cut); }},
      {"leat_view_lag_cuts", "gauge", "Durable cuts that the view has not applied.",
       [](auto& v) { return static_cast<double>(v.behind_cuts); }},
      {"leat_view_lag_seconds", "gauge", "Age of the oldest durable cut that is not applied.",
       [](auto& v) { return static_cast<double>(v.behind_us) * kMicrosecond; }},
      {"leat_view_lag_bytes", "gauge", "Bytes of the log that the view has not applied.",
       [](auto& v) { return static_cast<double>(v.behind_bytes); }},
  };
  return all;
}

}  // namespace

std::string metrics_text(const StatusReport& report) {
  MetricsWriter out;
  auto number = [](uint64_t n) { return static_cast<double>(n); };
  out.single("leat_cuts_total", "counter", "The newest durable cut.", number(report.cut));
  out.single("leat_log_size_bytes", "gauge", "Bytes of the log.", number(report.log_bytes));
  out.single("leat_state_size_bytes", "gauge", "Bytes of views and arrangements on disk.",
             number(report.state_bytes));
  out.single("leat_memory_resident_bytes", "gauge", "Resident memory of the process.",
             number(report.memory_bytes));
  out.single("leat_memory_limit_bytes", "gauge", "memory_limit.",
             number(report.memory_limit_bytes));
  out.single("leat_uptime_seconds", "gauge", "Time since the start.",
             static_cast<double>(report.up_us) * kMicrosecond);
  out.single("leat_sql_connections", "gauge", "Open connections of the SQL server.",
             number(report.sql_connections));
  for (const SourceMetric& metric : source_metrics()) {
    out.family(metric.name, metric.type, metric.help);
    for (const auto& s : report.sources) out.value("source", s.name, metric.value(s));
  }
  for (const ViewMetric& metric : view_metrics()) {
    out.family(metric.name, metric.type, metric.help);
    for (const auto& v : report.views) out.value("view", v.name, metric.value(v));
  }
  return out.take();
}

}  // namespace leat::cli
