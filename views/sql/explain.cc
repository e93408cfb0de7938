#include "views/sql/explain.h"

#include <spdlog/fmt/fmt.h>

#include "joins/scalar/expression.h"

namespace leat::views::sql {
namespace {

const char* name_of(joins::AggregateFunction function) {
  switch (function) {
    case joins::AggregateFunction::count_rows:
      return "count_rows";
    case joins::AggregateFunction::count:
      return "count";
    case joins::AggregateFunction::sum:
      return "sum";
    case joins::AggregateFunction::min:
      return "min";
    case joins::AggregateFunction::max:
      return "max";
    case joins::AggregateFunction::avg:
      return "avg";
  }
  return "?";
}

class Printer {
 public:
  void print(const joins::Plan& plan, int depth) {
    text_.append(static_cast<size_t>(depth) * 2, ' ');
    std::visit([&](const auto& node) { print_node(node, plan, depth); }, plan.node);
  }
  std::string take() { return std::move(text_); }

 private:
  void end_line(const joins::Plan& plan) {
    if (!plan.unique_key.empty()) text_ += fmt::format(" key {}", fmt::join(plan.unique_key, ", "));
    text_ += '\n';
  }

  void print_input(const joins::PlanPtr& input, int depth) {
    if (input) print(*input, depth + 1);
  }

  void print_node(const joins::Input& node, const joins::Plan& plan, int) {
    text_ += fmt::format("Input {} columns {}", node.topic, fmt::join(node.columns, ", "));
    end_line(plan);
  }

  void print_node(const joins::Filter& node, const joins::Plan& plan, int depth) {
    text_ += "Filter " + joins::to_string(*node.condition);
    end_line(plan);
    print_input(node.input, depth);
  }

  void print_node(const joins::Map& node, const joins::Plan& plan, int depth) {
    std::vector<std::string> columns;
    for (const joins::ScalarPtr& column : node.columns)
      columns.push_back(joins::to_string(*column));
    text_ += fmt::format("Map {}", fmt::join(columns, ", "));
    end_line(plan);
    print_input(node.input, depth);
  }

  void print_node(const joins::Join& node, const joins::Plan& plan, int depth) {
    text_ += node.kind == joins::JoinKind::left ? "Join left on" : "Join inner on";
    for (size_t i = 0; i < node.left_keys.size(); ++i)
      text_ += fmt::format("{} {} = {}", i > 0 ? "," : "", node.left_keys[i], node.right_keys[i]);
    end_line(plan);
    print_input(node.left, depth);
    print_input(node.right, depth);
  }

  void print_node(const joins::Aggregate& node, const joins::Plan& plan, int depth) {
    text_ += fmt::format("Aggregate by {}:", fmt::join(node.group_columns, ", "));
    for (const joins::AggregateCall& call : node.calls)
      text_ += call.argument < 0 ? fmt::format(" {}", name_of(call.function))
                                 : fmt::format(" {}({})", name_of(call.function), call.argument);
    end_line(plan);
    print_input(node.input, depth);
  }

  std::string text_;
};

}  // namespace

std::string explain(const joins::Plan& plan) {
  Printer printer;
  printer.print(plan, 0);
  return printer.take();
}

}  // namespace leat::views::sql
