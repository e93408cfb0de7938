#include "views/sql/types.h"

#include <spdlog/fmt/fmt.h>

#include "joins/scalar/functions.h"

namespace leat::views::sql {
namespace {

// PostgreSQL's atttypmod of lengths and precisions begins after a header of four bytes.
constexpr int32_t kModifierHeader = 4;
constexpr int32_t kNumericPrecisionMax = 1000;
constexpr int32_t kLengthMax = 10485760;

SqlResult<int32_t> numeric_modifier(const ast::TypeName& name) {
  int32_t precision = name.modifiers[0];
  int32_t scale = name.modifiers.size() > 1 ? name.modifiers[1] : 0;
  if (precision < 1 || precision > kNumericPrecisionMax)
    return sql_error("22023", name.offset,
                     fmt::format("NUMERIC precision {} must be between 1 and {}", precision,
                                 kNumericPrecisionMax));
  if (scale < -kNumericPrecisionMax || scale > kNumericPrecisionMax)
    return sql_error("22023", name.offset,
                     fmt::format("NUMERIC scale {} must be between {} and {}", scale,
                                 -kNumericPrecisionMax, kNumericPrecisionMax));
  return ((precision << 16) | (scale & 0x7ff)) + kModifierHeader;
}

SqlResult<int32_t> length_modifier(const ast::TypeName& name) {
  int32_t length = name.modifiers[0];
  const std::string type = name.name == "bpchar" ? "char" : name.name;
  if (length < 1)
    return sql_error("22023", name.offset,
                     fmt::format("length for type {} must be at least 1", type));
  if (length > kLengthMax)
    return sql_error("22023", name.offset,
                     fmt::format("length for type {} cannot exceed {}", type, kLengthMax));
  return length + kModifierHeader;
}

SqlResult<int32_t> modifier_of(const ast::TypeName& name, TypeId id) {
  if (name.modifiers.empty()) return -1;
  if (id == TypeId::numeric && name.modifiers.size() <= 2) return numeric_modifier(name);
  if ((id == TypeId::bpchar || id == TypeId::text) && name.modifiers.size() == 1)
    return length_modifier(name);
  return not_supported(name.offset, fmt::format("a modifier of type {}", name.name));
}

}  // namespace

SqlResult<Type> resolve_type(const ast::TypeName& name) {
  if (name.is_array) return not_supported(name.offset, "an array type");
  TypeId id;
  if (!joins::type_of_sql_name(name.name, &id))
    return sql_error(sqlstate::kUndefinedObject, name.offset,
                     fmt::format("type \"{}\" does not exist", name.name),
                     "docs/sql.md lists the types that Leat has");
  LEAT_ASSIGN_OR_RETURN(int32_t modifier, modifier_of(name, id));
  return Type{id, modifier};
}

}  // namespace leat::views::sql
