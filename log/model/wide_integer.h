// Integers of any size: 128 bits in place, more on the heap. What numeric is made of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace leat {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

class WideInteger {
 public:
  WideInteger() = default;  // 0
  explicit WideInteger(int128 value) : small_(value) {}
  WideInteger(const WideInteger& other);
  WideInteger& operator=(const WideInteger& other);
  WideInteger(WideInteger&&) noexcept = default;
  WideInteger& operator=(WideInteger&&) noexcept = default;
  ~WideInteger() = default;

  // DIGITS are decimal digits only.
  static WideInteger of_decimal(std::string_view digits);
  // Two's complement, least significant byte first; no bytes are 0.
  static WideInteger of_bytes(std::string_view bytes);

  // It fits in place (and then is stored there).
  bool is_small() const { return big_ == nullptr; }
  int128 small() const { return small_; }
  // It fits 64 bits.
  bool is_int64() const { return is_small() && small_ == static_cast<int64_t>(small_); }

  // -1, 0 or 1.
  int sign() const;
  bool is_zero() const { return is_small() && small_ == 0; }
  // How many decimal digits the magnitude has; 0 for 0.
  int digit_count() const;
  // Appends the magnitude's decimal digits; "0" for 0.
  void append_digits(std::string* out) const;
  // Appends two's complement, least significant byte first, in as few bytes as keep the sign.
  void append_bytes(std::string* out) const;
  // The same for a small one, into at least 16 bytes at TO; how many were used.
  size_t copy_small_bytes(char* to) const;

  WideInteger negated() const;
  WideInteger times_power_of_ten(int power) const;
  // Divided by 10^power, towards zero.
  WideInteger over_power_of_ten(int power) const;
  // Divided by 10^power, halves away from zero.
  WideInteger rounded_over_power_of_ten(int power) const;
  // The largest integer whose square is not above this one, which is not negative.
  WideInteger square_root() const;

  friend WideInteger operator+(const WideInteger& a, const WideInteger& b);
  friend WideInteger operator-(const WideInteger& a, const WideInteger& b);
  friend WideInteger operator*(const WideInteger& a, const WideInteger& b);
  // Towards zero, as C++'s; B is not 0.
  friend WideInteger operator/(const WideInteger& a, const WideInteger& b);
  friend WideInteger operator%(const WideInteger& a, const WideInteger& b);
  // A / B with halves away from zero.
  friend WideInteger divide_rounding(const WideInteger& a, const WideInteger& b);
  friend int compare(const WideInteger& a, const WideInteger& b);

 private:
  struct Big;
  struct BigDelete {
    void operator()(Big* big) const;
  };
  friend struct BigAccess;

  int128 small_ = 0;
  std::unique_ptr<Big, BigDelete> big_;  // where it does not fit small_
};

// 10^POWER, for 0 to 38.
int128 power_of_ten(int power);

}  // namespace leat
