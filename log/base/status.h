// Errors are values. A function that can fail for a reason outside this program says so in its
// signature: Status when there is nothing to return, Result<T> when there is.
//
// An Error is transient (trying again later may succeed: a refused connection, a full disk) or
// permanent (only a person or a new version can mend it). The place that raises it decides; retry
// loops look at nothing else. The message is for a person: what happened, where, what to do next.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "log/base/check.h"

namespace leat {

enum class ErrorKind : unsigned char { transient, permanent };

class [[nodiscard]] Error {
 public:
  static Error transient(std::string message) {
    return Error(ErrorKind::transient, std::move(message));
  }
  static Error permanent(std::string message) {
    return Error(ErrorKind::permanent, std::move(message));
  }

  ErrorKind kind() const { return kind_; }
  bool is_transient() const { return kind_ == ErrorKind::transient; }
  const std::string& message() const { return message_; }

  // The same error, its message led by where it happened: "CONTEXT: message".
  Error in(std::string_view context) const {
    return Error(kind_, std::string(context) + ": " + message_);
  }

 private:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind_;
  std::string message_;
};

struct Ok {};

// A T or an E. Reading the value of a failed Result (or the error of a good one) is our own bug and
// stops the program.
template <class T, class E = Error>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, E>);

 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    LEAT_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    LEAT_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    LEAT_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const E& error() const {
    LEAT_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() : state_(std::in_place_index<0>) {}
  Result(Ok) : Result() {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const E& error() const {
    LEAT_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<Ok, E> state_;
};

using Status = Result<void>;

}  // namespace leat

#define LEAT_CONCAT_INNER(a, b) a##b
#define LEAT_CONCAT(a, b) LEAT_CONCAT_INNER(a, b)

// Returns from the enclosing function with the error of EXPR, if it has one.
#define LEAT_RETURN_IF_ERROR(expr)                                 \
  do {                                                             \
    if (auto leat_status = (expr); !leat_status.ok()) [[unlikely]] \
      return leat_status.error();                                  \
  } while (false)

// LEAT_ASSIGN_OR_RETURN(auto x, f()): x is the value of f(), or the function returns f()'s error.
#define LEAT_ASSIGN_OR_RETURN(declaration, expr)              \
  auto LEAT_CONCAT(leat_result_, __LINE__) = (expr);          \
  if (!LEAT_CONCAT(leat_result_, __LINE__).ok()) [[unlikely]] \
    return LEAT_CONCAT(leat_result_, __LINE__).error();       \
  declaration = std::move(LEAT_CONCAT(leat_result_, __LINE__)).value()
