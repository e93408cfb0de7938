#include "views/serve/session_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace leat::views::serve {
namespace {

enum class Rule : unsigned char {
  any,      // kept, of no effect
  one_of,   // one of `accepted` (lower case, separated by '|')
  time,     // milliseconds, or with a unit: 500, 5s, 2min
  constant  // cannot be set
};

struct Setting {
  std::string_view name;  // lower case
  std::string_view display_name;
  std::string_view value;  // the default
  Rule rule = Rule::any;
  std::string_view accepted = {};
  bool reported = false;
};

constexpr std::array kSettings = {
    Setting{"server_version", "server_version", "15.0 (Leat 0.1)", Rule::constant, {}, true},
    Setting{"server_version_num", "server_version_num", "150000", Rule::constant},
    Setting{"server_encoding", "server_encoding", "UTF8", Rule::constant, {}, true},
    Setting{"client_encoding", "client_encoding", "UTF8", Rule::one_of, "utf8|utf-8|unicode", true},
    Setting{"application_name", "application_name", "", Rule::any, {}, true},
    Setting{"datestyle", "DateStyle", "ISO, MDY", Rule::one_of,
            "iso|iso, mdy|iso, dmy|iso, ymd|mdy|dmy|ymd", true},
    Setting{"intervalstyle", "IntervalStyle", "postgres", Rule::one_of, "postgres", true},
    Setting{"timezone", "TimeZone", "UTC", Rule::one_of, "utc|gmt|etc/utc|0|z|zulu", true},
    Setting{"integer_datetimes", "integer_datetimes", "on", Rule::constant, {}, true},
    Setting{"standard_conforming_strings", "standard_conforming_strings", "on", Rule::one_of,
            "on|true|1|yes", true},
    Setting{"is_superuser", "is_superuser", "off", Rule::constant, {}, true},
    Setting{"session_authorization", "session_authorization", "leat", Rule::constant, {}, true},
    Setting{"default_transaction_read_only",
            "default_transaction_read_only",
            "on",
            Rule::any,
            {},
            true},
    Setting{"in_hot_standby", "in_hot_standby", "off", Rule::constant, {}, true},
    Setting{"transaction_read_only", "transaction_read_only", "on", Rule::one_of, "on|true|1|yes"},
    Setting{"default_transaction_isolation", "default_transaction_isolation", "read committed",
            Rule::one_of, "read committed|repeatable read|serializable|read uncommitted"},
    Setting{"default_transaction_deferrable", "default_transaction_deferrable", "off"},
    Setting{"bytea_output", "bytea_output", "hex", Rule::one_of, "hex"},
    Setting{"extra_float_digits", "extra_float_digits", "1", Rule::one_of, "1|2|3"},
    Setting{"search_path", "search_path", "public"},
    Setting{"statement_timeout", "statement_timeout", "0", Rule::time},
    Setting{"lock_timeout", "lock_timeout", "0"},
    Setting{"idle_in_transaction_session_timeout", "idle_in_transaction_session_timeout", "0"},
    Setting{"client_min_messages", "client_min_messages", "notice"},
    Setting{"row_security", "row_security", "on"},
    Setting{"max_identifier_length", "max_identifier_length", "63", Rule::constant},
    Setting{"lc_collate", "lc_collate", "C", Rule::constant},
    Setting{"lc_ctype", "lc_ctype", "C", Rule::constant},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

const Setting* find(std::string_view name) {
  auto same = [name](const Setting& setting) { return setting.name == name; };
  auto found = std::find_if(kSettings.begin(), kSettings.end(), same);
  return found == kSettings.end() ? nullptr : &*found;
}

bool accepts(const Setting& setting, std::string_view value) {
  std::string_view rest = setting.accepted;
  std::string wanted = lower(value);
  while (!rest.empty()) {
    size_t bar = std::min(rest.find('|'), rest.size());
    if (rest.substr(0, bar) == wanted) return true;
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return false;
}

// "5s", "2 min", "500": none where it is no time.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"", 1}, {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr int64_t kNumberMax = INT32_MAX;  // as in PostgreSQL
  if (error != std::errc() || number < 0 || number > kNumberMax) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const auto& [unit, ms] : kUnits) {
    if (text == unit) return std::chrono::milliseconds(number * ms);
  }
  return std::nullopt;
}

sql::SqlError unknown(std::string_view name) {
  return {"unrecognized configuration parameter \"" + std::string(name) + "\"", "42704", "", -1};
}

// What is accepted in several spellings is kept as the default spells it, where they mean the same.
std::string canonical(const Setting& setting, const std::string& value) {
  bool choice = setting.name == "default_transaction_isolation";
  if (setting.rule == Rule::one_of && !choice) return std::string(setting.value);
  return choice ? lower(value) : value;
}

}  // namespace

SessionSettings::SessionSettings() {
  for (const Setting& setting : kSettings) {
    values_.emplace(setting.name, setting.value);
    if (setting.reported) changed_.emplace_back(setting.name);
  }
}

sql::SqlResult<void> SessionSettings::set(std::string_view name,
                                          const std::optional<std::string>& value) {
  const Setting* setting = find(name);
  if (setting == nullptr) return unknown(name);
  std::string shown(setting->display_name);
  if (setting->rule == Rule::constant) {
    return sql::SqlError{"parameter \"" + shown + "\" cannot be changed", "55P02", "", -1};
  }
  if (value && setting->rule == Rule::one_of && !accepts(*setting, *value)) {
    return sql::SqlError{"invalid value for parameter \"" + shown + "\": \"" + *value + "\"",
                         "22023", "Leat works with " + std::string(setting->value) + " only", -1};
  }
  if (value && setting->rule == Rule::time && !parse_time(*value)) {
    return sql::SqlError{"invalid value for parameter \"" + shown + "\": \"" + *value + "\"",
                         "22023", "a number of milliseconds, or with a unit: ms, s, min, h, d", -1};
  }
  values_.find(name)->second = value ? canonical(*setting, *value) : std::string(setting->value);
  if (setting->reported) changed_.emplace_back(name);
  return Ok{};
}

sql::SqlResult<std::string> SessionSettings::get(std::string_view name) const {
  auto found = values_.find(name);
  if (found == values_.end()) return unknown(name);
  return found->second;
}

std::string SessionSettings::display_name(std::string_view name) const {
  const Setting* setting = find(name);
  return std::string(setting == nullptr ? name : setting->display_name);
}

void SessionSettings::reset_all() {
  *this = SessionSettings();
}

std::chrono::milliseconds SessionSettings::statement_timeout() const {
  constexpr std::chrono::hours kNone(24 * 365);
  auto time = parse_time(values_.find("statement_timeout")->second);
  return time && time->count() > 0 ? *time : std::chrono::milliseconds(kNone);
}

std::vector<std::pair<std::string, std::string>> SessionSettings::take_reports() {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& name : changed_) out.emplace_back(display_name(name), values_.at(name));
  changed_.clear();
  return out;
}

}  // namespace leat::views::serve
