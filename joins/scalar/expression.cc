#include "joins/scalar/expression.h"

#include "joins/scalar/untyped.h"
#include "log/base/check.h"
#include "log/model/text_format.h"

namespace leat::joins {

namespace {

class ColumnReference : public Scalar {
 public:
  ColumnReference(int index, Type type) : Scalar(type), index_(index) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena&) const override {
    return row[static_cast<size_t>(index_)];
  }
  ScalarPtr with_children(std::vector<ScalarPtr>) const override {
    return make_column(index_, type());
  }
  void print(std::string* out) const override {
    out->append("$COLUMN[").append(std::to_string(index_)).append("]");
  }
  int index() const { return index_; }

 private:
  int index_;
};

class Constant : public Scalar {
 public:
  Constant(Type type, const Datum& value) : Scalar(type), value_(value) {
    bool has_bytes = !value.is_null() && datum_kind(type.id) == DatumKind::bytes;
    if (!has_bytes) return;
    bytes_ = value.bytes();
    value_ = Datum::of_bytes(bytes_);
  }
  Constant(const Constant&) = delete;
  Constant& operator=(const Constant&) = delete;

  ScalarResult evaluate(std::span<const Datum>, Arena&) const override { return value_; }
  ScalarPtr with_children(std::vector<ScalarPtr>) const override {
    return make_constant(type(), value_);
  }
  void print(std::string* out) const override {
    if (value_.is_null()) {
      out->append("NULL");
    } else {
      print_quoted(out);
    }
    out->append("::").append(type_name(type().id));
  }
  const Datum& value() const { return value_; }

 private:
  // As SQL quotes it: two constants beside each other must not print as one (same_expression).
  void print_quoted(std::string* out) const {
    std::string text;
    append_text(type().id, value_, &text);
    out->push_back('\'');
    for (char c : text) out->append(c == '\'' ? 2 : 1, c);
    out->push_back('\'');
  }

  std::string bytes_;
  Datum value_;
};

}  // namespace

ScalarPtr make_column(int index, Type type) {
  return std::make_shared<ColumnReference>(index, type);
}

ScalarPtr make_constant(Type type, const Datum& value) {
  return std::make_shared<Constant>(type, value);
}

ScalarPtr make_untyped(std::optional<std::string> text, std::shared_ptr<ParameterSlot> slot) {
  return std::make_shared<Untyped>(std::move(text), std::move(slot));
}

bool is_untyped(const Scalar& expression) {
  return dynamic_cast<const Untyped*>(&expression) != nullptr;
}

std::optional<Datum> constant_value(const Scalar& expression) {
  auto* constant = dynamic_cast<const Constant*>(&expression);
  return constant != nullptr ? std::optional(constant->value()) : std::nullopt;
}

std::optional<int> column_index(const Scalar& expression) {
  auto* column = dynamic_cast<const ColumnReference*>(&expression);
  return column != nullptr ? std::optional(column->index()) : std::nullopt;
}

void visit_columns(const Scalar& expression, const std::function<void(int)>& visit) {
  if (auto index = column_index(expression)) visit(*index);
  for (const ScalarPtr& child : expression.children()) visit_columns(*child, visit);
}

ScalarPtr replace_columns(const ScalarPtr& expression, std::span<const ScalarPtr> columns) {
  if (auto index = column_index(*expression)) {
    LEAT_CHECK(static_cast<size_t>(*index) < columns.size());
    return columns[static_cast<size_t>(*index)];
  }
  if (expression->children().empty()) return expression;
  std::vector<ScalarPtr> children;
  for (const ScalarPtr& child : expression->children()) {
    children.push_back(replace_columns(child, columns));
  }
  return expression->with_children(std::move(children));
}

std::string to_string(const Scalar& expression) {
  std::string out;
  expression.print(&out);
  return out;
}

bool same_expression(const Scalar& a, const Scalar& b) {
  return &a == &b || (a.type() == b.type() && to_string(a) == to_string(b));
}

}  // namespace leat::joins
