// A transaction assembler that spills, if it must, into a test's own directory.
#pragma once

#include <catch2/catch.hpp>
#include <utility>

#include "cdc/transaction_assembler.h"
#include "tests/support/process.h"

namespace leat::cdc::test {

// DIR must outlive it.
inline TransactionAssembler open_assembler(const leat::test::TempDir& dir) {
  AssemblerOptions options;
  options.spill_dir = dir / "spill";
  auto assembler = TransactionAssembler::open(options);
  REQUIRE(assembler.ok());
  return std::move(*assembler);
}

}  // namespace leat::cdc::test
