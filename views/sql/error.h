// Making SqlErrors.
#pragma once

#include <string>
#include <utility>

#include "views/sql/sql.h"

namespace leat::views::sql {

namespace sqlstate {
inline constexpr const char* kSyntaxError = "42601";
inline constexpr const char* kNotSupported = "0A000";
inline constexpr const char* kUndefinedTable = "42P01";
inline constexpr const char* kUndefinedColumn = "42703";
inline constexpr const char* kUndefinedFunction = "42883";
inline constexpr const char* kUndefinedObject = "42704";
inline constexpr const char* kAmbiguousColumn = "42702";
inline constexpr const char* kDuplicateColumn = "42701";
inline constexpr const char* kDuplicateAlias = "42712";
inline constexpr const char* kGroupingError = "42803";
inline constexpr const char* kInvalidColumnReference = "42P10";
inline constexpr const char* kDatatypeMismatch = "42804";
inline constexpr const char* kIndeterminateDatatype = "42P18";
inline constexpr const char* kTooComplex = "54001";
}  // namespace sqlstate

using SqlStatus = SqlResult<void>;

inline SqlError sql_error(const char* state, int offset, std::string message,
                          std::string hint = {}) {
  return {std::move(message), state, std::move(hint), offset};
}

// "WHAT is not supported", with what to do instead.
inline SqlError not_supported(int offset, const std::string& what, std::string hint = {}) {
  return sql_error(sqlstate::kNotSupported, offset, what + " is not supported", std::move(hint));
}

}  // namespace leat::views::sql
