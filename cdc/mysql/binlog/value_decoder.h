// Values of MySQL's and MariaDB's types as values of Leat's.
//
//   TINYINT, SMALLINT (also TINYINT(1), BOOL), YEAR  int16; YEAR 0000 is 0
//   SMALLINT UNSIGNED, MEDIUMINT, INT                int32
//   INT UNSIGNED, BIGINT, BIT(1..63)                 int64; a BIT is the number that its bits are
//   BIGINT UNSIGNED, BIT(64)                         numeric(20,0)
//   DECIMAL(p,s)                                     numeric(p,s)
//   FLOAT, DOUBLE                                    float32, float64
//   CHAR, VARCHAR, TEXT, ENUM, SET                   text: UTF-8, whatever the column's charset; an
//                                                    ENUM's or SET's value as the server prints it
//   BINARY, VARBINARY, BLOB, VECTOR                  bytea
//   DATE, DATETIME                                   date, timestamp
//   TIMESTAMP                                        timestamptz
//   TIME                                             interval, of microseconds alone: it runs to
//                                                    ±838:59:59, and `time` ends at 24:00
//   JSON                                             MySQL's: jsonb, in the text that the server
//                                                    prints; MariaDB's: json, the text as stored
//   GEOMETRY and below                               bytea: EWKB; the SRID is left out where it is
//   0 UUID, INET6, INET4 (MariaDB)                     uuid; text
//
// The zero date (0000-00-00, with any time) becomes -infinity: it sorts before every date, as it
// does in MySQL, and is nothing that a real date could be taken for. Other dates that no calendar
// has (2026-00-15, 2026-02-31) are an error that says so, or the column is read as text.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "cdc/mysql/binlog/table_map.h"
#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat::cdc::mysql {

// What a TABLE_MAP does not say of a column, and information_schema does.
enum class DeclaredType : uint8_t {
  as_logged,
  uuid,   // logged as BINARY(16)
  inet4,  // logged as BINARY(4)
  inet6,  // logged as BINARY(16)
  json,   // MariaDB's: logged as LONGTEXT
};

struct DecodeOptions {
  DeclaredType declared = DeclaredType::as_logged;
  bool dates_as_text =
      false;  // DATE, DATETIME and TIMESTAMP become text, as the server prints them
};

// Of one column. One thread.
class ValueDecoder {
 public:
  virtual ~ValueDecoder() = default;

  // The type that its values have.
  Type type() const { return type_; }

  // BYTES are a Field's that is neither null nor absent nor a diff. The Datum points into them,
  // into ARENA, or into this decoder. Errors are permanent and do not name the column.
  virtual Result<Datum> decode(std::string_view bytes, Arena& arena) = 0;

 protected:
  explicit ValueDecoder(Type type) : type_(type) {}

 private:
  Type type_;
};

// An error where COLUMN cannot be read as declared, or its character set is not known.
Result<std::unique_ptr<ValueDecoder>> make_value_decoder(const TableColumn& column,
                                                         const DecodeOptions& options = {});

}  // namespace leat::cdc::mysql
