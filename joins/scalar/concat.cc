#include "joins/scalar/concat.h"

#include "joins/scalar/kernel.h"
#include "joins/scalar/node.h"
#include "joins/scalar/row_limit.h"
#include "log/model/text_format.h"

namespace leat::joins {

namespace {

class Concat : public Node {
 public:
  // With a SEPARATOR the first argument is it.
  Concat(std::vector<ScalarPtr> arguments, bool separator)
      : Node({TypeId::text}, std::move(arguments)), separator_(separator) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    if (is_too_large(arena)) return row_too_large();
    std::string out;
    Datum separator;
    bool first = true;
    for (size_t i = 0; i < child_count(); ++i) {
      ScalarResult value = child(i).evaluate(row, arena);
      if (!value.ok()) return value;
      if (separator_ && i == 0) {
        separator = *value;
        continue;
      }
      if ((*value).is_null() || (separator_ && separator.is_null())) continue;
      if (separator_ && !first) out.append(separator.bytes());
      first = false;
      append_text(child(i).type().id, *value, &out);
      if (out.size() > kTextBytesMax) return text_too_long();
    }
    if (separator_ && separator.is_null()) return Datum::null();
    return text_of(out, arena);
  }

  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return std::make_shared<Concat>(std::move(children), separator_);
  }
  void print(std::string* out) const override {
    print_call(separator_ ? "concat_ws" : "concat", out);
  }

 private:
  bool separator_;
};

}  // namespace

BindResult<ScalarPtr> bind_concat(std::string_view name, std::vector<ScalarPtr> arguments) {
  bool separator = name == "concat_ws";
  if (arguments.size() < (separator ? 2 : 1)) {
    return BindError{"function " + std::string(name) + "() needs more arguments", "42883", ""};
  }
  for (ScalarPtr& argument : arguments) {
    LEAT_ASSIGN_OR_RETURN(argument, bind_default(std::move(argument)));
  }
  if (separator) {
    LEAT_ASSIGN_OR_RETURN(
        arguments[0], bind_cast(std::move(arguments[0]), {TypeId::text}, CastContext::implicit));
  }
  return ScalarPtr(std::make_shared<Concat>(std::move(arguments), separator));
}

}  // namespace leat::joins
