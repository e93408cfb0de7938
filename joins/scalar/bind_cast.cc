#include "joins/scalar/call.h"
#include "joins/scalar/coercion.h"
#include "joins/scalar/functions.h"
#include "joins/scalar/untyped.h"
#include "log/model/text_format.h"

namespace leat::joins {

namespace {

constexpr int32_t kIntervalFullRange = 0x7FFF;

BindError cannot_cast(TypeId from, TypeId to, const char* reason, const char* sqlstate) {
  return {std::string("cannot cast type ") + type_name(from) + " to " + type_name(to) + reason,
          sqlstate, ""};
}

BindResult<ScalarPtr> constant_of(const Untyped& literal, Type to) {
  literal.note_type(to);
  Type plain{to.id};
  if (!literal.text()) return make_constant(plain, Datum::null());
  Arena arena;
  auto value = parse_value(to.id, *literal.text(), arena);
  if (!value.ok()) return BindError{value.error().message, value.error().sqlstate, ""};
  return make_constant(plain, *value);
}

BindResult<ScalarPtr> convert(ScalarPtr operand, TypeId to, CastContext context) {
  TypeId from = operand->type().id;
  if (from == to) return operand;
  if (!can_coerce(from, to, context)) return cannot_cast(from, to, "", "42846");
  Kernel kernel = cast_kernel(from, to);
  if (kernel == nullptr) return cannot_cast(from, to, ": not supported", kFeatureNotSupported);
  return make_call("cast", {to}, kernel, {std::move(operand)});
}

bool needs_modifier(const Scalar& value, Type to) {
  return to.modifier >= 0 && value.type().modifier != to.modifier;
}

}  // namespace

BindResult<ScalarPtr> bind_cast(ScalarPtr operand, Type to, CastContext context) {
  bool narrowed_interval = to.id == TypeId::interval && to.modifier >= 0 &&
                           (to.modifier >> 16 & kIntervalFullRange) != kIntervalFullRange;
  if (narrowed_interval) {
    return BindError{"intervals restricted to some fields are not supported", kFeatureNotSupported,
                     "write the interval without the fields behind it"};
  }
  ScalarPtr value;
  if (auto* literal = dynamic_cast<const Untyped*>(operand.get())) {
    LEAT_ASSIGN_OR_RETURN(value, constant_of(*literal, to));
  } else {
    LEAT_ASSIGN_OR_RETURN(value, convert(std::move(operand), to.id, context));
  }
  if (!needs_modifier(*value, to)) return value;
  return make_modifier_cast(std::move(value), to, context);
}

BindResult<ScalarPtr> bind_default(ScalarPtr operand) {
  if (!is_untyped(*operand)) return operand;
  return bind_cast(std::move(operand), {TypeId::text}, CastContext::implicit);
}

}  // namespace leat::joins
