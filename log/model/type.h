// The types of columns and expressions: PostgreSQL's, by meaning.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace leat {

// The numbers are stored in schemas: never change or reuse one.
enum class TypeId : uint8_t {
  boolean = 1,
  int16 = 2,
  int32 = 3,
  int64 = 4,
  float32 = 5,
  float64 = 6,
  numeric = 7,
  text = 8,    // also varchar and name
  bpchar = 9,  // char(n): trailing blanks do not count in comparisons
  bytea = 10,
  uuid = 11,
  date = 12,
  time = 13,
  timetz = 14,
  timestamp = 15,
  timestamptz = 16,
  interval = 17,
  json = 18,
  jsonb = 19,
};

// A type with PostgreSQL's modifier (atttypmod: numeric's precision and scale, char's length);
// -1 where there is none. Equality of types for rows and keys looks at the id alone.
struct Type {
  TypeId id;
  int32_t modifier = -1;

  friend bool operator==(const Type&, const Type&) = default;
};

// How a Datum holds values of a type.
enum class DatumKind : uint8_t { boolean, integer, floating, bytes };

constexpr DatumKind datum_kind(TypeId id) {
  switch (id) {
    case TypeId::boolean:
      return DatumKind::boolean;
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
    case TypeId::date:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return DatumKind::integer;
    case TypeId::float32:
    case TypeId::float64:
      return DatumKind::floating;
    default:
      return DatumKind::bytes;
  }
}

// PostgreSQL's name, as format_type prints it without the modifier: "integer", "timestamp with time
// zone".
const char* type_name(TypeId id);
// The type's OID in pg_type, for the wire; and back, where Leat supports the type.
uint32_t postgres_oid(TypeId id);
bool type_of_postgres_oid(uint32_t oid, TypeId* out);

// The column types of a row, in order.
using RowType = std::vector<Type>;

}  // namespace leat
