// Upper and lower case of UTF-8 text, a character for a character: what PostgreSQL gives in a
// database whose LC_CTYPE is C.UTF-8 or that of nearly every language, with the C library's own
// tables as there (pg_locale.c, oracle_compat.c). Any thread.
#pragma once

#include <string>
#include <string_view>

namespace leat::joins {

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);
// The first letter of each word upper, the rest lower; a word is a run of letters and digits.
std::string initial_case(std::string_view text);

}  // namespace leat::joins
