#include "views/sql/parameters.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/arena.h"
#include "log/model/text_format.h"

namespace leat::views::sql {
namespace {

constexpr int kParametersMax = 65535;  // the wire's count has 16 bits
constexpr uint32_t kUnknownOid = 705;

SqlResult<joins::ScalarPtr> typed_constant(Type type, const Parameter& value) {
  if (!value) return joins::make_constant(type, Datum::null());
  Arena arena;
  auto parsed = parse_value(type.id, *value, arena);
  if (!parsed.ok()) return sql_error(parsed.error().sqlstate, -1, parsed.error().message);
  return joins::make_constant(type, *parsed);
}

}  // namespace

SqlResult<Parameters> Parameters::create(const std::vector<uint32_t>& declared_types,
                                         const std::vector<Parameter>& values) {
  Parameters parameters;
  parameters.allowed_ = true;
  parameters.values_ = &values;
  for (uint32_t oid : declared_types) {
    auto slot = oid == 0 || oid == kUnknownOid ? nullptr : std::make_shared<joins::ParameterSlot>();
    if (TypeId id; slot && type_of_postgres_oid(oid, &id))
      slot->type = Type{id};
    else if (slot)
      return sql_error(sqlstate::kNotSupported, -1,
                       fmt::format("parameter ${} has a type that is not supported (OID {})",
                                   parameters.slots_.size() + 1, oid));
    parameters.slots_.push_back(std::move(slot));
  }
  return parameters;
}

SqlResult<joins::ScalarPtr> Parameters::bind(int number, int offset) {
  if (!allowed_ || number < 1 || number > kParametersMax)
    return sql_error("42P02", offset, fmt::format("there is no parameter ${}", number));
  size_t index = static_cast<size_t>(number - 1);
  if (slots_.size() <= index) slots_.resize(index + 1);
  auto& slot = slots_[index];
  if (!slot) slot = std::make_shared<joins::ParameterSlot>();
  // When only describing there are no values: NULL stands for them.
  Parameter value = index < values_->size() ? (*values_)[index] : std::nullopt;
  if (slot->type) return typed_constant(*slot->type, value);
  return joins::make_untyped(std::move(value), slot);
}

SqlResult<std::vector<Type>> Parameters::types() const {
  std::vector<Type> types;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i])
      return sql_error(sqlstate::kIndeterminateDatatype, -1,
                       fmt::format("could not determine data type of parameter ${}", i + 1));
    types.push_back(slots_[i]->type.value_or(Type{TypeId::text}));
  }
  return types;
}

}  // namespace leat::views::sql
