// What is refused, with which words, and at which place of its text.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "views/sql/sql.h"

namespace leat::views::sql {

struct Refusal {
  std::string text;
  std::string message;  // a part of it
  int offset;           // in bytes; -1: no place
};

// ERROR_OF gives the error of a text, which must have one, and this SQLSTATE if one is stated.
template <class ErrorOf>
void check_refusals(const std::vector<Refusal>& refusals, const ErrorOf& error_of,
                    const std::string& sqlstate = {}) {
  for (const Refusal& refusal : refusals) {
    INFO(refusal.text);
    SqlError error = error_of(refusal.text);
    INFO(error.message);
    CHECK(error.message.find(refusal.message) != std::string::npos);
    CHECK(error.offset == refusal.offset);
    if (!sqlstate.empty()) CHECK(error.sqlstate == sqlstate);
  }
}

}  // namespace leat::views::sql
