#include "joins/scalar/call.h"

#include "joins/scalar/node.h"
#include "joins/scalar/row_limit.h"

namespace leat::joins {

namespace {

// COUNT is known, so that the arguments' loop unrolls and their places are on the stack.
template <size_t count>
class Call : public Node {
 public:
  Call(std::string name, Type result, Kernel kernel, std::vector<ScalarPtr> arguments)
      : Node(result, std::move(arguments)), name_(std::move(name)), kernel_(kernel) {}

  ScalarResult evaluate(std::span<const Datum> row, Arena& arena) const override {
    Datum arguments[count];
    bool any_null = false;
    // All of them, as PostgreSQL does: NULL + 1/0 is an error.
    for (size_t i = 0; i < count; ++i) {
      ScalarResult value = child(i).evaluate(row, arena);
      if (!value.ok()) [[unlikely]]
        return value;
      arguments[i] = *value;
      any_null |= arguments[i].is_null();
    }
    if (any_null) return Datum::null();
    if (is_too_large(arena)) [[unlikely]]
      return row_too_large();
    return kernel_(std::span(arguments, count), arena);
  }

  ScalarPtr with_children(std::vector<ScalarPtr> children) const override {
    return make_call(name_, type(), kernel_, std::move(children));
  }

  void print(std::string* out) const override {
    print_call(name_, out);
    // An operator of the same name may have other results.
    out->append("::").append(type_name(type().id));
  }

 private:
  std::string name_;
  Kernel kernel_;
};

}  // namespace

ScalarPtr make_call(std::string name, Type result, Kernel kernel,
                    std::vector<ScalarPtr> arguments) {
  switch (arguments.size()) {
    case 1:
      return std::make_shared<Call<1>>(std::move(name), result, kernel, std::move(arguments));
    case 2:
      return std::make_shared<Call<2>>(std::move(name), result, kernel, std::move(arguments));
    case 3:
      return std::make_shared<Call<3>>(std::move(name), result, kernel, std::move(arguments));
    default:
      LEAT_CHECK(false);
      return nullptr;
  }
}

}  // namespace leat::joins
