#include "views/planned_view.h"

#include <spdlog/fmt/fmt.h>

#include <functional>

#include "views/names.h"

namespace leat::views {
namespace {

using joins::Plan;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// The columns that SQL sees, then those that only complete the key.
RelationInfo relation_of(const std::string& name, const sql::RelationPlan& relation) {
  RelationInfo info{RelationKind::view, name, {}, static_cast<int>(relation.columns.size())};
  const Plan& plan = *relation.plan;
  for (size_t i = 0; i < plan.row_type.size(); ++i) {
    bool visible = i < relation.columns.size();
    info.schema.columns.push_back({visible ? relation.columns[i].name : fmt::format("?key{}", i),
                                   visible ? relation.columns[i].type : plan.row_type[i], true});
  }
  info.schema.key_columns = plan.unique_key;
  return info;
}

sql::SqlResult<PlannedView> plan(const ViewSource& source, const NameTable& names,
                                 const std::function<SchemaId(const std::string&)>& schema_of) {
  LEAT_ASSIGN_OR_RETURN(sql::RelationPlan relation, sql::plan_view(source.query, names));
  PlannedView out{nullptr, relation_of(source.name, relation), {}};
  for_each_input(*relation.plan, [&](const joins::Input& input) {
    out.inputs[input.topic] = schema_of(input.topic);
  });
  out.plan = std::move(relation.plan);
  return out;
}

}  // namespace

sql::SqlResult<PlannedView> plan_over_log(const ViewSource& source, const log::ChangeLog& log,
                                          const log::LogState& state) {
  NameTable names;
  add_topics(log, state, &names);
  return plan(source, names, [&state](const std::string& name) {
    const log::TopicState* topic = state.find(name);
    return (topic->current ? topic->current : topic->filling)->schema;
  });
}

sql::SqlResult<PlannedView> plan_over_inputs(const ViewSource& source, const log::ChangeLog& log,
                                             const InputSchemas& inputs) {
  NameTable names;
  for (const auto& [topic, id] : inputs) {
    std::shared_ptr<const Schema> schema = log.schema(id);
    if (schema == nullptr) {
      return sql::SqlError{
          fmt::format("the log does not know the schema {} of {}", id.value(), topic), "XX000", "",
          -1};
    }
    names.add(
        {RelationKind::table_topic, topic, *schema, static_cast<int>(schema->columns.size())});
  }
  return plan(source, names, [&inputs](const std::string& name) { return inputs.at(name); });
}

std::string describe_in_file(const ViewSource& source, const sql::SqlError& error) {
  sql::SqlError moved = error;
  if (moved.offset >= 0) moved.offset += source.query_offset;
  return sql::describe(moved, source.path, source.text);
}

void for_each_input(const Plan& plan, const std::function<void(const joins::Input&)>& input) {
  std::visit(Overloaded{
                 [&](const joins::Input& node) { input(node); },
                 [&](const joins::Join& node) {
                   for_each_input(*node.left, input);
                   for_each_input(*node.right, input);
                 },
                 // A query without FROM has nothing below its Map.
                 [&](const auto& node) {
                   if (node.input != nullptr) for_each_input(*node.input, input);
                 },
             },
             plan.node);
}

}  // namespace leat::views
