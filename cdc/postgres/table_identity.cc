#include "cdc/postgres/table_identity.h"

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

constexpr uint8_t kVersion = 4;

void append_identity(std::string* out, const TableIdentity& identity) {
  append_varint(out, identity.oid.value());
  append_varint(out, identity.file);
  append_varint(out, identity.key);
  append_varint(out, identity.columns.size());
  for (int column : identity.columns) append_varint(out, static_cast<uint64_t>(column));
  append_sized(out, identity.published);
}

TableIdentity read_identity(ByteReader& in) {
  TableIdentity out;
  out.oid = pgoutput::RelationOid(static_cast<uint32_t>(in.varint()));
  out.file = static_cast<uint32_t>(in.varint());
  out.key = static_cast<uint32_t>(in.varint());
  for (uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    out.columns.push_back(static_cast<int>(in.varint()));
  }
  out.published = in.sized();
  return out;
}

}  // namespace

TableIdentity identity_of(const TableFacts& facts, const PublicationFacts& publication) {
  TableIdentity out{facts.oid, facts.file, 0, {}, {}};
  if (facts.primary_key) out.key = facts.primary_key->constraint_oid;
  for (const ColumnFacts& column : facts.columns) {
    if (!column.generated) out.columns.push_back(column.number);
  }
  const PublishedTable* published = publication.find(facts.full_name());
  if (published != nullptr) out.published = published->mark;
  return out;
}

std::string table_identities_name(const std::string& source) {
  return source + ".tables";
}

std::string encode_table_identities(const TableIdentities& tables) {
  std::string out(1, static_cast<char>(kVersion));
  append_varint(&out, tables.size());
  for (const auto& [name, known] : tables) {
    append_sized(&out, name);
    append_varint(&out, known.generation.value());
    append_identity(&out, known.identity);
  }
  return out;
}

Result<TableIdentities> decode_table_identities(std::string_view bytes) {
  ByteReader in(bytes);
  TableIdentities out;
  bool known = in.u8() == kVersion;
  for (uint64_t left = in.varint(); known && left > 0 && in.ok(); --left) {
    std::string name(in.sized());
    GenerationId generation(in.varint());
    out[name] = {generation, read_identity(in)};
  }
  if (known && in.done()) return out;
  return Error::permanent("the log's list of the source's tables is of an unknown format");
}

}  // namespace leat::cdc
