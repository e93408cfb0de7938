// Why a value cannot be made: a text that is no number, a sum that is out of range.
#pragma once

#include <string>

namespace leat {

// PostgreSQL's sentence (`invalid input syntax for type integer: "x"`) and SQLSTATE.
struct ValueError {
  std::string message;
  const char* sqlstate;
};

// The SQLSTATEs that values raise (PostgreSQL's errcodes.txt).
inline constexpr const char* kInvalidText = "22P02";
inline constexpr const char* kInvalidDatetime = "22007";
inline constexpr const char* kDatetimeOverflow = "22008";
inline constexpr const char* kNumericOutOfRange = "22003";
inline constexpr const char* kDivisionByZero = "22012";
inline constexpr const char* kInvalidParameter = "22023";
inline constexpr const char* kFeatureNotSupported = "0A000";

}  // namespace leat
