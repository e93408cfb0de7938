// One value, untagged: its static Type says how to read it (datum_kind).
//
//   boolean    boolean
//   integer    int16/32/64 the number; date days, time/timestamp/timestamptz microseconds, counted
//              from midnight resp. 2000-01-01 as PostgreSQL does, infinities as PostgreSQL's own
//              extreme values of the 32-bit (date) or 64-bit integer
//   floating   float32 (as the double of the same value), float64
//   bytes      text, bpchar, json, jsonb: UTF-8 as the server prints it; bytea: itself;
//              uuid: 16 bytes; numeric: model/numeric.h's encoding; timetz: microseconds i64 then
//              zone seconds west i32; interval: microseconds i64, days i32, months i32 (big-endian,
//              PostgreSQL's binary format)
//
// bytes() points into memory that somebody else owns: a row, a message, an arena. A Datum must not
// outlive it.
#pragma once

#include <cstdint>
#include <string_view>

namespace leat {

class Datum {
 public:
  Datum() = default;  // NULL

  static Datum null() { return Datum(); }
  static Datum of_bool(bool value) {
    Datum d(false);
    d.integer_ = value;
    return d;
  }
  static Datum of_int(int64_t value) {
    Datum d(false);
    d.integer_ = value;
    return d;
  }
  static Datum of_float(double value) {
    Datum d(false);
    d.floating_ = value;
    return d;
  }
  static Datum of_bytes(std::string_view value) {
    Datum d(false);
    d.data_ = value.data();
    d.size_ = static_cast<uint32_t>(value.size());
    return d;
  }

  bool is_null() const { return null_; }
  bool boolean() const { return integer_ != 0; }
  int64_t integer() const { return integer_; }
  double floating() const { return floating_; }
  std::string_view bytes() const { return {data_, size_}; }

 private:
  explicit Datum(bool null) : null_(null) {}

  union {
    int64_t integer_ = 0;
    double floating_;
    const char* data_;
  };
  uint32_t size_ = 0;
  bool null_ = true;
};

}  // namespace leat
