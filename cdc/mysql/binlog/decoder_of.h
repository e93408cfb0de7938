// The decoders behind make_value_decoder(), by kinds of types; each is a function made into a
// ValueDecoder.
#pragma once

#include <memory>
#include <utility>

#include "cdc/mysql/binlog/temporal.h"
#include "cdc/mysql/binlog/value_decoder.h"

namespace leat::cdc::mysql {

using ValueDecoderPtr = std::unique_ptr<ValueDecoder>;

template <class F>
class FunctionDecoder final : public ValueDecoder {
 public:
  FunctionDecoder(Type type, F function) : ValueDecoder(type), decode_(std::move(function)) {}
  Result<Datum> decode(std::string_view bytes, Arena& arena) override {
    return decode_(bytes, arena);
  }

 private:
  F decode_;
};

// DECODE: Result<Datum>(std::string_view bytes, Arena&).
template <class F>
ValueDecoderPtr decoder_of(Type type, F decode) {
  return std::make_unique<FunctionDecoder<F>>(type, std::move(decode));
}

inline Datum in_arena(std::string_view bytes, Arena& arena) {
  return Datum::of_bytes(arena.copy(bytes));
}

// Null where COLUMN's type is of another kind.
ValueDecoderPtr number_decoder(const TableColumn& column);
ValueDecoderPtr temporal_decoder(const TableColumn& column, bool dates_as_text);
ValueDecoderPtr document_decoder(const TableColumn& column);  // JSON, geometries, vectors

// Of character types; bytes where the character set is binary.
Result<ValueDecoderPtr> string_decoder(const TableColumn& column);
Result<ValueDecoderPtr> label_decoder(const TableColumn& column);  // ENUM and SET
// What MariaDB logs as bytes or text and declares as something else.
Result<ValueDecoderPtr> declared_decoder(const TableColumn& column, DeclaredType declared);

// DATE and DATETIME as values of `date` and `timestamp`; TIMESTAMP, in UTC, as one of
// `timestamptz`. An error where the calendar has no such day.
Result<Datum> date_value(const DateFields& date);
Result<Datum> timestamp_value(const DateTimeFields& time);

// BYTES of a BINARY(SIZE): the zeros at its end are not logged.
Datum padded_with_zeros(std::string_view bytes, size_t size, Arena& arena);

}  // namespace leat::cdc::mysql
