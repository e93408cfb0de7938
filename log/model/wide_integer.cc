#include "log/model/wide_integer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "log/base/check.h"

namespace leat {

using boost::multiprecision::cpp_int;

namespace {

constexpr int128 kMax128 = static_cast<int128>(~uint128{0} >> 1);
constexpr int kPowersInPlace = 39;  // 10^38 < 2^127 < 10^39

constexpr std::array<int128, kPowersInPlace> make_powers() {
  std::array<int128, kPowersInPlace> out{};
  int128 value = 1;
  for (int i = 0; i < kPowersInPlace; ++i) {
    out[static_cast<size_t>(i)] = value;
    if (i + 1 < kPowersInPlace) value *= 10;
  }
  return out;
}
constexpr std::array<int128, kPowersInPlace> kPowers = make_powers();

uint128 magnitude(int128 value) {
  return value < 0 ? uint128{0} - static_cast<uint128>(value) : static_cast<uint128>(value);
}

cpp_int big_of(int128 value) {
  uint128 positive = magnitude(value);
  cpp_int out = static_cast<uint64_t>(positive >> 64);
  out = (out << 64) | static_cast<uint64_t>(positive);
  return value < 0 ? cpp_int(-out) : out;
}

cpp_int big_power_of_ten(int power) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(power));
}

size_t bit_length(uint128 value) {
  auto high = static_cast<uint64_t>(value >> 64);
  auto low = static_cast<uint64_t>(value);
  return high != 0 ? 128 - static_cast<size_t>(std::countl_zero(high))
                   : 64 - static_cast<size_t>(std::countl_zero(low));
}

}  // namespace

struct WideInteger::Big {
  cpp_int value;
};

void WideInteger::BigDelete::operator()(Big* big) const {
  delete big;
}

// Between the two forms; the heap form is used only where the value needs it.
struct BigAccess {
  static cpp_int value(const WideInteger& from) {
    return from.big_ ? from.big_->value : big_of(from.small_);
  }
  static WideInteger make(cpp_int value) {
    static const cpp_int kLow = big_of(-kMax128 - 1);
    static const cpp_int kHigh = big_of(kMax128);
    WideInteger out;
    if (value < kLow || value > kHigh) {
      out.big_.reset(new WideInteger::Big{std::move(value)});
      return out;
    }
    cpp_int positive = abs(value);
    auto low = static_cast<uint64_t>(positive & ~uint64_t{0});
    auto high = static_cast<uint64_t>(positive >> 64);
    uint128 bits = (static_cast<uint128>(high) << 64) | low;
    if (value < 0) bits = uint128{0} - bits;
    out.small_ = static_cast<int128>(bits);
    return out;
  }
};

int128 power_of_ten(int power) {
  return kPowers[static_cast<size_t>(power)];
}

WideInteger::WideInteger(const WideInteger& other) : small_(other.small_) {
  if (other.big_) big_.reset(new Big(*other.big_));
}

WideInteger& WideInteger::operator=(const WideInteger& other) {
  if (this != &other) *this = WideInteger(other);
  return *this;
}

WideInteger WideInteger::of_decimal(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() >= kPowersInPlace) return BigAccess::make(cpp_int(std::string(digits)));
  int128 value = 0;
  for (char digit : digits) value = value * 10 + (digit - '0');
  return WideInteger(value);
}

WideInteger WideInteger::of_bytes(std::string_view bytes) {
  bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
  if (bytes.size() <= sizeof(int128)) {
    uint128 value = negative ? ~uint128{0} : 0;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&value));
    return WideInteger(static_cast<int128>(value));
  }
  cpp_int value;
  import_bits(value, reinterpret_cast<const unsigned char*>(bytes.data()),
              reinterpret_cast<const unsigned char*>(bytes.data()) + bytes.size(), 8, false);
  if (negative) value -= cpp_int(1) << static_cast<unsigned>(8 * bytes.size());
  return BigAccess::make(std::move(value));
}

int WideInteger::sign() const {
  if (big_) return big_->value.sign();
  return small_ < 0 ? -1 : small_ > 0 ? 1 : 0;
}

int WideInteger::digit_count() const {
  if (big_) return static_cast<int>(cpp_int(abs(big_->value)).str().size());
  uint128 value = magnitude(small_);
  // log10(2) is a little more than 1233/4096.
  auto estimate = static_cast<int>((bit_length(value) * 1233) >> 12);
  if (estimate >= kPowersInPlace) return kPowersInPlace;
  return estimate + (value >= static_cast<uint128>(power_of_ten(estimate)) ? 1 : 0);
}

void WideInteger::append_digits(std::string* out) const {
  if (big_) {
    out->append(cpp_int(abs(big_->value)).str());
    return;
  }
  char buffer[kPowersInPlace];
  char* at = buffer + sizeof buffer;
  uint128 value = magnitude(small_);
  while (value > ~uint64_t{0}) {
    *--at = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  }
  auto rest = static_cast<uint64_t>(value);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  out->append(at, static_cast<size_t>(buffer + sizeof buffer - at));
}

size_t WideInteger::copy_small_bytes(char* to) const {
  if (small_ == 0) return 0;
  uint128 bits = small_ < 0 ? ~static_cast<uint128>(small_) : static_cast<uint128>(small_);
  size_t size = bit_length(bits) / 8 + 1;
  std::memcpy(to, &small_, size);
  return size;
}

void WideInteger::append_bytes(std::string* out) const {
  if (!big_) {
    char bytes[sizeof(int128)];
    out->append(bytes, copy_small_bytes(bytes));
    return;
  }
  cpp_int value = big_->value;
  bool negative = value < 0;
  cpp_int bits = negative ? cpp_int(-value - 1) : value;
  size_t size = msb(bits) / 8 + 1 + (msb(bits) % 8 == 7 ? 1 : 0);
  std::vector<unsigned char> bytes;
  export_bits(bits, std::back_inserter(bytes), 8, false);
  bytes.resize(size, 0);
  for (unsigned char byte : bytes) {
    out->push_back(static_cast<char>(negative ? static_cast<unsigned char>(~byte) : byte));
  }
}

WideInteger WideInteger::negated() const {
  if (!big_ && small_ != -kMax128 - 1) return WideInteger(-small_);
  return BigAccess::make(-BigAccess::value(*this));
}

WideInteger WideInteger::times_power_of_ten(int power) const {
  if (power == 0 || is_zero()) return *this;
  if (power < kPowersInPlace && is_small()) {
    if (power <= 18 && is_int64()) return WideInteger(small_ * power_of_ten(power));
    if (magnitude(small_) <= static_cast<uint128>(kMax128 / power_of_ten(power))) {
      return WideInteger(small_ * power_of_ten(power));
    }
  }
  return BigAccess::make(BigAccess::value(*this) * big_power_of_ten(power));
}

WideInteger WideInteger::over_power_of_ten(int power) const {
  if (power < kPowersInPlace && is_small()) return WideInteger(small_ / power_of_ten(power));
  if (is_small()) return {};
  return BigAccess::make(big_->value / big_power_of_ten(power));
}

WideInteger WideInteger::rounded_over_power_of_ten(int power) const {
  if (power == 0) return *this;
  if (is_small() && power >= kPowersInPlace) return {};
  WideInteger divisor = power < kPowersInPlace ? WideInteger(power_of_ten(power))
                                               : BigAccess::make(big_power_of_ten(power));
  return divide_rounding(*this, divisor);
}

WideInteger WideInteger::square_root() const {
  return BigAccess::make(sqrt(BigAccess::value(*this)));
}

WideInteger operator+(const WideInteger& a, const WideInteger& b) {
  int128 sum;
  if (a.is_small() && b.is_small() && !__builtin_add_overflow(a.small_, b.small_, &sum)) {
    return WideInteger(sum);
  }
  return BigAccess::make(BigAccess::value(a) + BigAccess::value(b));
}

WideInteger operator-(const WideInteger& a, const WideInteger& b) {
  int128 difference;
  if (a.is_small() && b.is_small() && !__builtin_sub_overflow(a.small_, b.small_, &difference)) {
    return WideInteger(difference);
  }
  return BigAccess::make(BigAccess::value(a) - BigAccess::value(b));
}

WideInteger operator*(const WideInteger& a, const WideInteger& b) {
  if (a.is_int64() && b.is_int64()) return WideInteger(a.small_ * b.small_);
  return BigAccess::make(BigAccess::value(a) * BigAccess::value(b));
}

WideInteger operator/(const WideInteger& a, const WideInteger& b) {
  if (a.is_small() && b.is_small() && b.small_ != -1) return WideInteger(a.small_ / b.small_);
  return BigAccess::make(BigAccess::value(a) / BigAccess::value(b));
}

WideInteger operator%(const WideInteger& a, const WideInteger& b) {
  if (a.is_small() && b.is_small() && b.small_ != -1) return WideInteger(a.small_ % b.small_);
  return BigAccess::make(BigAccess::value(a) % BigAccess::value(b));
}

WideInteger divide_rounding(const WideInteger& a, const WideInteger& b) {
  if (a.is_small() && b.is_small() && b.small_ != -1) {
    int128 quotient = a.small_ / b.small_;
    uint128 rest = magnitude(a.small_ - quotient * b.small_);
    if (rest >= magnitude(b.small_) - rest) quotient += (a.small_ < 0) == (b.small_ < 0) ? 1 : -1;
    return WideInteger(quotient);
  }
  cpp_int quotient, rest;
  divide_qr(BigAccess::value(a), BigAccess::value(b), quotient, rest);
  if (abs(rest) * 2 >= abs(BigAccess::value(b))) quotient += a.sign() == b.sign() ? 1 : -1;
  return BigAccess::make(std::move(quotient));
}

int compare(const WideInteger& a, const WideInteger& b) {
  if (a.is_small() && b.is_small()) return a.small_ < b.small_ ? -1 : a.small_ > b.small_ ? 1 : 0;
  return BigAccess::value(a).compare(BigAccess::value(b));
}

}  // namespace leat
