#include "cdc/resumption.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/capture_problem.h"
#include "cdc/schema_difference.h"

namespace leat::cdc {
namespace {

class Resuming {
 public:
  Resuming(const std::string& source, const log::ChangeLog& log, const TableSet& planned,
           const std::vector<StoppedTable>& refused)
      : source_(source), log_(log), planned_(planned), refused_(refused) {}

  Resumption resume() {
    auto state = log_.state();
    for (const auto& topic : state->topics) {
      if (topic->name.starts_with(source_ + ".")) take_topic(*topic);
    }
    for (const CapturedTable& table : planned_) {
      if (state->find(table.topic) != nullptr) continue;
      out_.refused.push_back({table.name, mendable("is new since the snapshot")});
    }
    for (const StoppedTable& table : refused_) {
      if (state->find(source_ + "." + table.table) == nullptr) out_.refused.push_back(table);
    }
    return std::move(out_);
  }

 private:
  void take_topic(const log::TopicState& topic) {
    std::string name = topic.name.substr(source_.size() + 1);
    if (!topic.current) {
      out_.refused.push_back(
          {name, topic.stopped_reason.value_or("its snapshot was never completed")});
      return;
    }
    const CapturedTable* planned = find_planned(name);
    CapturedTable table;
    if (planned != nullptr) table = *planned;
    table.name = name;
    table.topic = topic.name;
    table.schema_id = topic.current->schema;
    table.generation = topic.current->id;
    table.partition_count = static_cast<int32_t>(topic.current->partitions.size());
    table.stopped_reason = topic.stopped_reason;
    auto schema = log_.schema(table.schema_id);
    std::string why = schema == nullptr    ? "the log does not know its schema"
                      : planned != nullptr ? describe_difference(*schema, planned->schema)
                                           : why_not_planned(name);
    if (schema != nullptr) table.schema = *schema;
    table.row_type = table.schema.row_type();
    TableIndex index = out_.tables.add(std::move(table));
    if (!why.empty() && !topic.stopped_reason) out_.to_stop.emplace_back(index, mendable(why));
  }

  const CapturedTable* find_planned(const std::string& name) const {
    auto found = std::find_if(planned_.begin(), planned_.end(),
                              [&](const CapturedTable& table) { return table.name == name; });
    return found == planned_.end() ? nullptr : &*found;
  }

  std::string why_not_planned(const std::string& name) const {
    auto found = std::find_if(refused_.begin(), refused_.end(),
                              [&](const StoppedTable& table) { return table.table == name; });
    return found != refused_.end() ? found->reason : "is no longer among the tables of the source";
  }

  std::string mendable(const std::string& why) const { return with_resnapshot(why, source_); }

  const std::string& source_;
  const log::ChangeLog& log_;
  const TableSet& planned_;
  const std::vector<StoppedTable>& refused_;
  Resumption out_;
};

}  // namespace

Resumption resume_tables(const std::string& source, const log::ChangeLog& log,
                         const TableSet& planned, const std::vector<StoppedTable>& refused) {
  return Resuming(source, log, planned, refused).resume();
}

}  // namespace leat::cdc
