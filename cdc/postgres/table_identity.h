// Which table, in which form, each captured name was last seen to be, as the log keeps it: so that
// what the stream does not say is noticed, also where it happened, or was undone, while nobody
// looked. It stands beside the source's position under a name of its own, "SOURCE.tables".
//
//   tables = u8 4 | count varint | (name sized, generation varint, oid varint, file varint,
//            key varint, count varint, column number varint…, published sized)…
//
// The file is the generation's: a TRUNCATE gives the table another, which the next look sees. The
// rest outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/postgres/catalog.h"
#include "cdc/postgres/pgoutput.h"
#include "cdc/postgres/publication.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cdc {

struct TableIdentity {
  pgoutput::RelationOid oid;
  uint32_t file = 0;  // pg_relation_filenode: another one after TRUNCATE and a rewrite
  // pg_constraint.oid of the primary key; 0: it has none. While there is none, two rows may have
  // one key.
  uint32_t key = 0;
  // pg_attribute.attnum of those that are sent: a column dropped and made again has another.
  std::vector<int> columns;
  std::string published;  // PublishedTable::mark; empty: it was not

  friend bool operator==(const TableIdentity&, const TableIdentity&) = default;
};

TableIdentity identity_of(const TableFacts& facts, const PublicationFacts& publication);

struct KnownTable {
  GenerationId generation;  // that it had when it was seen
  TableIdentity identity;

  friend bool operator==(const KnownTable&, const KnownTable&) = default;
};

using TableIdentities = std::map<std::string, KnownTable>;  // by "schema.table"

std::string table_identities_name(const std::string& source);
std::string encode_table_identities(const TableIdentities& tables);
Result<TableIdentities> decode_table_identities(std::string_view bytes);

}  // namespace leat::cdc
