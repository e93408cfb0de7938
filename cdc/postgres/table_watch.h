// Sees by the catalog what the stream does not say: columns that were added with a default or
// altered, tables that were rewritten, dropped, or made since.
//
// A table's file changes with TRUNCATE (which the stream does say) and with whatever rewrites it
// (which it does not). So where a new file is seen, the stream is given the time to pass the place
// in the WAL where it was seen: if no TRUNCATE has come by then, it was something else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cdc/postgres/capture.h"
#include "cdc/postgres/catalog.h"
#include "cdc/postgres/connection.h"
#include "log/base/status.h"

namespace leat::cdc {

class TableWatch {
 public:
  TableWatch(const PostgresConfig* config, Capture* capture) : config_(config), capture_(capture) {}

  // Looks, and stops the tables that can no longer be followed. PASSED: how far the stream has
  // come.
  Status poll(Connection& connection, const std::string& role, Lsn passed);

  // Tables that match the patterns and are not captured, and why.
  const std::vector<StoppedTable>& not_captured() const { return not_captured_; }

 private:
  // A table's file as of the generation that it was seen with.
  struct File {
    uint32_t file = 0;
    GenerationId generation;
    uint32_t new_file = 0;  // another one, seen at new_file_lsn
    Lsn new_file_lsn;
  };

  void check(TableIndex index, const TableFacts& facts, const std::string& role, Lsn now,
             Lsn passed);
  void note_not_captured(const std::map<std::string, const TableFacts*>& unknown);
  Status load_files();
  Status store_files();
  bool is_rewritten(TableIndex index, const TableFacts& facts, Lsn now, Lsn passed);
  void stop(TableIndex index, const std::string& why);

  const PostgresConfig* config_;
  Capture* capture_;
  std::map<TableIndex, File> files_;
  std::optional<TableFiles> stored_;
  std::vector<StoppedTable> not_captured_;
};

}  // namespace leat::cdc
