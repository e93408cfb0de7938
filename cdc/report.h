// What `leat check` says about a source: read from the server, nothing is changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace leat::cdc {

enum class FindingKind : uint8_t {
  ok,
  fix,   // keeps the source from being captured: `leat run` would refuse it
  stop,  // keeps one table from being captured; the others go on
  note,  // works, but a person may want to know
};

struct Finding {
  FindingKind kind = FindingKind::ok;
  std::string text;       // one sentence, without a full stop
  std::string statement;  // SQL or a command that mends it, may have several lines; may be empty
};

struct SourceReport {
  std::string server;  // "PostgreSQL 15.20 at localhost:5432/shop"
  std::vector<Finding> findings;
};

}  // namespace leat::cdc
