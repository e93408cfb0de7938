// Sees by the catalog what the stream does not say: columns that were added with a default or
// altered, tables that were rewritten, dropped, or made since, keys that were gone for a while, and
// a publication that leaves changes out, or did so for a while.
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
  // come. A permanent error where the publication leaves changes of all tables out.
  Status poll(Connection& connection, const std::string& role, Lsn passed);

  // Whatever was committed up to here, the last look has seen.
  Lsn looked_at() const { return looked_at_; }

  // Tables that match the patterns and are not captured, and why.
  const std::vector<StoppedTable>& not_captured() const { return not_captured_; }

 private:
  struct Seen {
    KnownTable table;
    uint32_t new_file = 0;  // another one, seen at new_file_lsn
    Lsn new_file_lsn;
  };
  // What one look finds.
  struct Look {
    std::string role;
    PublicationFacts publication;
    Lsn now;
    Lsn passed;
  };

  Result<PublicationFacts> look_at_publication(Connection& connection);
  void check(TableIndex index, const TableFacts& facts, const Look& look);
  std::string why_unpublished(const TableFacts& facts, const PublicationFacts& publication) const;
  std::string why_changed(TableIndex index, const TableFacts& facts, const Look& look);
  void note_not_captured(const std::map<std::string, const TableFacts*>& unknown);
  Status load_identities();
  Status store_identities();
  bool is_rewritten(Seen& seen, uint32_t file, const Look& look) const;
  void stop(TableIndex index, const std::string& why);

  const PostgresConfig* config_;
  Capture* capture_;
  std::map<TableIndex, Seen> seen_;
  std::optional<TableIdentities> stored_;
  std::vector<StoppedTable> not_captured_;
  Lsn looked_at_;
};

}  // namespace leat::cdc
