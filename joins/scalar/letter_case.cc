#include "joins/scalar/letter_case.h"

#include <clocale>
#include <cwctype>

#include "log/base/check.h"
#include "log/model/text_scan.h"
#include "log/model/utf8.h"

namespace leat::joins {
namespace {

// Part of the C library itself, so that it is on every machine.
locale_t unicode() {
  static const locale_t locale = [] {
    locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    LEAT_CHECK(made != nullptr);
    return made;
  }();
  return locale;
}

uint32_t lower(uint32_t c) {
  return c < 0x80 ? static_cast<uint32_t>(ascii_lower(static_cast<char>(c)))
                  : static_cast<uint32_t>(towlower_l(static_cast<wint_t>(c), unicode()));
}

uint32_t upper(uint32_t c) {
  return c < 0x80 ? static_cast<uint32_t>(ascii_upper(static_cast<char>(c)))
                  : static_cast<uint32_t>(towupper_l(static_cast<wint_t>(c), unicode()));
}

bool is_in_word(uint32_t c) {
  return iswalnum_l(static_cast<wint_t>(c), unicode()) != 0;
}

template <class F>
std::string map_characters(std::string_view text, F&& f) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) append_utf8(f(take_utf8(&text)), &out);
  return out;
}

}  // namespace

std::string lower_case(std::string_view text) {
  return map_characters(text, lower);
}

std::string upper_case(std::string_view text) {
  return map_characters(text, upper);
}

std::string initial_case(std::string_view text) {
  bool inside = false;
  return map_characters(text, [&inside](uint32_t c) {
    c = inside ? lower(c) : upper(c);
    inside = is_in_word(c);
    return c;
  });
}

}  // namespace leat::joins
