// A literal or parameter whose type its surroundings have yet to decide.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "joins/scalar/expression.h"
#include "log/base/check.h"

namespace leat::joins {

class Untyped : public Scalar {
 public:
  Untyped(std::optional<std::string> text, std::shared_ptr<ParameterSlot> slot)
      : Scalar({TypeId::text}), text_(std::move(text)), slot_(std::move(slot)) {}

  const std::optional<std::string>& text() const { return text_; }
  // Tells the parameter, if it is one, what it is.
  void note_type(Type type) const {
    if (slot_ != nullptr && !slot_->type) slot_->type = type;
  }

  // Only a bound expression is evaluated, and binding leaves none of these.
  ScalarResult evaluate(std::span<const Datum>, Arena&) const override {
    LEAT_CHECK(false);
    return Datum::null();
  }
  ScalarPtr with_children(std::vector<ScalarPtr>) const override {
    return make_untyped(text_, slot_);
  }
  void print(std::string* out) const override {
    out->append(text_ ? "'" + *text_ + "'" : "NULL").append("::unknown");
  }

 private:
  std::optional<std::string> text_;
  std::shared_ptr<ParameterSlot> slot_;
};

}  // namespace leat::joins
