#include "joins/scalar/coercion.h"

#include <algorithm>

#include "joins/scalar/catalog.h"

namespace leat::joins {

namespace {

struct CastRule {
  TypeId from;
  TypeId to;
  CastContext context;  // the least that allows it
};

constexpr auto kImplicit = CastContext::implicit;
constexpr auto kAssignment = CastContext::assignment;
constexpr auto kExplicit = CastContext::explicit_cast;

// pg_cast of PostgreSQL 15, for Leat's types.
constexpr CastRule kRules[] = {
    {TypeId::int16, TypeId::int32, kImplicit},
    {TypeId::int16, TypeId::int64, kImplicit},
    {TypeId::int16, TypeId::float32, kImplicit},
    {TypeId::int16, TypeId::float64, kImplicit},
    {TypeId::int16, TypeId::numeric, kImplicit},
    {TypeId::int32, TypeId::int16, kAssignment},
    {TypeId::int32, TypeId::int64, kImplicit},
    {TypeId::int32, TypeId::float32, kImplicit},
    {TypeId::int32, TypeId::float64, kImplicit},
    {TypeId::int32, TypeId::numeric, kImplicit},
    {TypeId::int32, TypeId::boolean, kExplicit},
    {TypeId::int64, TypeId::int16, kAssignment},
    {TypeId::int64, TypeId::int32, kAssignment},
    {TypeId::int64, TypeId::float32, kImplicit},
    {TypeId::int64, TypeId::float64, kImplicit},
    {TypeId::int64, TypeId::numeric, kImplicit},
    {TypeId::float32, TypeId::int16, kAssignment},
    {TypeId::float32, TypeId::int32, kAssignment},
    {TypeId::float32, TypeId::int64, kAssignment},
    {TypeId::float32, TypeId::float64, kImplicit},
    {TypeId::float32, TypeId::numeric, kAssignment},
    {TypeId::float64, TypeId::int16, kAssignment},
    {TypeId::float64, TypeId::int32, kAssignment},
    {TypeId::float64, TypeId::int64, kAssignment},
    {TypeId::float64, TypeId::float32, kAssignment},
    {TypeId::float64, TypeId::numeric, kAssignment},
    {TypeId::numeric, TypeId::int16, kAssignment},
    {TypeId::numeric, TypeId::int32, kAssignment},
    {TypeId::numeric, TypeId::int64, kAssignment},
    {TypeId::numeric, TypeId::float32, kImplicit},
    {TypeId::numeric, TypeId::float64, kImplicit},
    {TypeId::boolean, TypeId::int32, kExplicit},
    {TypeId::boolean, TypeId::text, kAssignment},
    {TypeId::text, TypeId::bpchar, kImplicit},
    {TypeId::bpchar, TypeId::text, kImplicit},
    {TypeId::date, TypeId::timestamp, kImplicit},
    {TypeId::date, TypeId::timestamptz, kImplicit},
    {TypeId::time, TypeId::timetz, kImplicit},
    {TypeId::time, TypeId::interval, kImplicit},
    {TypeId::timetz, TypeId::time, kAssignment},
    {TypeId::timestamp, TypeId::date, kAssignment},
    {TypeId::timestamp, TypeId::time, kAssignment},
    {TypeId::timestamp, TypeId::timestamptz, kImplicit},
    {TypeId::timestamptz, TypeId::date, kAssignment},
    {TypeId::timestamptz, TypeId::time, kAssignment},
    {TypeId::timestamptz, TypeId::timetz, kAssignment},
    {TypeId::timestamptz, TypeId::timestamp, kAssignment},
    {TypeId::interval, TypeId::time, kAssignment},
    {TypeId::json, TypeId::jsonb, kAssignment},
    {TypeId::jsonb, TypeId::json, kAssignment},
    {TypeId::jsonb, TypeId::boolean, kExplicit},
    {TypeId::jsonb, TypeId::numeric, kExplicit},
    {TypeId::jsonb, TypeId::int16, kExplicit},
    {TypeId::jsonb, TypeId::int32, kExplicit},
    {TypeId::jsonb, TypeId::int64, kExplicit},
    {TypeId::jsonb, TypeId::float32, kExplicit},
    {TypeId::jsonb, TypeId::float64, kExplicit},
};

bool is_string(TypeId type) {
  return type == TypeId::text || type == TypeId::bpchar;
}

// The least context that allows the cast: pg_cast's, else through the text form.
std::optional<CastContext> least_context(TypeId from, TypeId to) {
  if (from == to) return kImplicit;
  for (const CastRule& rule : kRules) {
    if (rule.from == from && rule.to == to) return rule.context;
  }
  if (is_string(to)) return kAssignment;
  if (is_string(from)) return kExplicit;
  return std::nullopt;
}

}  // namespace

OperandType operand_type(const Scalar& operand) {
  return is_untyped(operand) ? OperandType() : OperandType(operand.type().id);
}

std::vector<OperandType> operand_types(const std::vector<ScalarPtr>& operands) {
  std::vector<OperandType> out;
  for (const ScalarPtr& operand : operands) out.push_back(operand_type(*operand));
  return out;
}

std::string operand_type_name(OperandType type) {
  return type ? type_name(*type) : "unknown";
}

char type_category(TypeId type) {
  switch (type) {
    case TypeId::boolean:
      return 'B';
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
    case TypeId::float32:
    case TypeId::float64:
    case TypeId::numeric:
      return 'N';
    case TypeId::text:
    case TypeId::bpchar:
      return 'S';
    case TypeId::date:
    case TypeId::time:
    case TypeId::timetz:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return 'D';
    case TypeId::interval:
      return 'T';
    case TypeId::bytea:
    case TypeId::uuid:
    case TypeId::json:
    case TypeId::jsonb:
      return 'U';
  }
  return 'P';
}

bool is_preferred_type(TypeId type) {
  return type == TypeId::boolean || type == TypeId::float64 || type == TypeId::text ||
         type == TypeId::timestamptz || type == TypeId::interval;
}

bool can_coerce(OperandType from, TypeId to, CastContext context) {
  if (!from || to == kAnyType) return true;
  auto least = least_context(*from, to);
  return least && *least <= context;
}

}  // namespace leat::joins
