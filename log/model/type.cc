#include "log/model/type.h"

#include <array>

#include "log/base/check.h"

namespace leat {

namespace {

struct TypeRow {
  TypeId id;
  const char* name;
  uint32_t oid;
};

// pg_type.dat of PostgreSQL 15.
constexpr std::array<TypeRow, 19> kTypes = {{
    {TypeId::boolean, "boolean", 16},
    {TypeId::int16, "smallint", 21},
    {TypeId::int32, "integer", 23},
    {TypeId::int64, "bigint", 20},
    {TypeId::float32, "real", 700},
    {TypeId::float64, "double precision", 701},
    {TypeId::numeric, "numeric", 1700},
    {TypeId::text, "text", 25},
    {TypeId::bpchar, "character", 1042},
    {TypeId::bytea, "bytea", 17},
    {TypeId::uuid, "uuid", 2950},
    {TypeId::date, "date", 1082},
    {TypeId::time, "time without time zone", 1083},
    {TypeId::timetz, "time with time zone", 1266},
    {TypeId::timestamp, "timestamp without time zone", 1114},
    {TypeId::timestamptz, "timestamp with time zone", 1184},
    {TypeId::interval, "interval", 1186},
    {TypeId::json, "json", 114},
    {TypeId::jsonb, "jsonb", 3802},
}};

constexpr uint32_t kVarcharOid = 1043;
constexpr uint32_t kNameOid = 19;

const TypeRow& row_of(TypeId id) {
  auto index = static_cast<size_t>(id) - 1;
  LEAT_CHECK(index < kTypes.size());
  return kTypes[index];
}

}  // namespace

const char* type_name(TypeId id) {
  return row_of(id).name;
}

uint32_t postgres_oid(TypeId id) {
  return row_of(id).oid;
}

bool type_of_postgres_oid(uint32_t oid, TypeId* out) {
  if (oid == kVarcharOid || oid == kNameOid) oid = postgres_oid(TypeId::text);
  for (const TypeRow& row : kTypes) {
    if (row.oid != oid) continue;
    *out = row.id;
    return true;
  }
  return false;
}

}  // namespace leat
