#include "log/model/json_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/model/text_scan.h"
#include "log/model/utf8.h"

namespace leat {

namespace {

constexpr int kNestingMax = 1'000;

bool is_json_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Recursive descent over the grammar; stops at the first byte that does not fit.
class Checker {
 public:
  explicit Checker(std::string_view text) : rest_(text) {}

  bool whole(JsonValue* out) {
    skip_space();
    if (!value(out, 0)) return false;
    skip_space();
    return rest_.empty();
  }

  bool too_deep() const { return too_deep_; }
  std::string_view rest() const { return rest_; }

  void skip_space() {
    while (!rest_.empty() && is_json_space(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool value(JsonValue* out, int depth) {
    std::string_view start = rest_;
    if (rest_.empty() || !dispatch(rest_.front(), out, depth)) return false;
    out->text = start.substr(0, start.size() - rest_.size());
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

 private:
  bool dispatch(char first, JsonValue* out, int depth) {
    switch (first) {
      case '{':
        out->kind = JsonKind::object;
        return object(depth);
      case '[':
        out->kind = JsonKind::array;
        return array(depth);
      case '"':
        out->kind = JsonKind::string;
        return string();
      case 't':
        out->kind = JsonKind::boolean;
        return word("true");
      case 'f':
        out->kind = JsonKind::boolean;
        return word("false");
      case 'n':
        out->kind = JsonKind::null;
        return word("null");
      default:
        out->kind = JsonKind::number;
        return number();
    }
  }

  bool descend(int depth) {
    too_deep_ = too_deep_ || depth >= kNestingMax;
    return !too_deep_;
  }

  bool object(int depth) {
    if (!descend(depth)) return false;
    take('{');
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      if (!string()) return false;
      skip_space();
      if (!take(':')) return false;
      if (!spaced_value(depth)) return false;
    } while (take(','));
    return take('}');
  }

  bool array(int depth) {
    if (!descend(depth)) return false;
    take('[');
    skip_space();
    if (take(']')) return true;
    do {
      if (!spaced_value(depth)) return false;
    } while (take(','));
    return take(']');
  }

  bool spaced_value(int depth) {
    JsonValue inner;
    skip_space();
    if (!value(&inner, depth + 1)) return false;
    skip_space();
    return true;
  }

  bool word(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool digits() {
    size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    rest_.remove_prefix(size);
    return size != 0;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool escape() {
    if (rest_.empty()) return false;
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty() || !is_hex(rest_.front())) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  static bool is_hex(char c) {
    char lower = ascii_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'f');
  }

  std::string_view rest_;
  bool too_deep_ = false;
};

bool is_high_surrogate(uint32_t code) {
  return code >= 0xD800 && code < 0xDC00;
}
bool is_low_surrogate(uint32_t code) {
  return code >= 0xDC00 && code < 0xE000;
}

ValueError invalid_json() {
  return {"invalid input syntax for type json", kInvalidText};
}

// Resolves the escapes of a string's inner text.
class Unescaper {
 public:
  explicit Unescaper(std::string_view inner) : rest_(inner) {}

  Result<std::string, ValueError> run() {
    while (!rest_.empty()) {
      size_t plain = std::min(rest_.find('\\'), rest_.size());
      out_.append(rest_.substr(0, plain));
      rest_.remove_prefix(plain);
      if (rest_.empty()) break;
      LEAT_RETURN_IF_ERROR(escape());
    }
    return std::move(out_);
  }

 private:
  Result<void, ValueError> escape() {
    char c = rest_[1];
    rest_.remove_prefix(2);
    if (c == 'u') return unicode();
    constexpr std::string_view kNames = "bfnrt", kValues = "\b\f\n\r\t";
    size_t at = kNames.find(c);
    out_.push_back(at == std::string_view::npos ? c : kValues[at]);
    return {};
  }

  uint32_t hex4() {
    auto code =
        static_cast<uint32_t>(std::strtoul(std::string(rest_.substr(0, 4)).c_str(), nullptr, 16));
    rest_.remove_prefix(4);
    return code;
  }

  Result<void, ValueError> unicode() {
    uint32_t code = hex4();
    if (code == 0) return ValueError{"unsupported Unicode escape sequence", "22P05"};
    if (is_low_surrogate(code)) return invalid_json();
    if (is_high_surrogate(code)) {
      if (rest_.substr(0, 2) != "\\u") return invalid_json();
      rest_.remove_prefix(2);
      uint32_t low = hex4();
      if (!is_low_surrogate(low)) return invalid_json();
      code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF);
    }
    append_utf8(code, &out_);
    return {};
  }

  std::string_view rest_;
  std::string out_;
};

std::string_view inner_of(const JsonValue& value) {
  return value.text.substr(1, value.text.size() - 2);
}

}  // namespace

Result<JsonValue, ValueError> parse_json(std::string_view text) {
  Checker checker(text);
  JsonValue value;
  if (checker.whole(&value)) return value;
  if (checker.too_deep()) return ValueError{"stack depth limit exceeded", "54001"};
  return invalid_json();
}

void for_each_member(const JsonValue& object, const MemberVisitor& member) {
  Checker in(inner_of(object));
  for (in.skip_space(); !in.rest().empty(); in.skip_space()) {
    std::string_view start = in.rest();
    in.string();
    JsonValue name{JsonKind::string, start.substr(0, start.size() - in.rest().size())};
    in.skip_space();
    in.take(':');
    in.skip_space();
    JsonValue value;
    in.value(&value, 0);
    member(name, value);
    in.skip_space();
    in.take(',');
  }
}

void for_each_element(const JsonValue& array, const ElementVisitor& element) {
  Checker in(inner_of(array));
  for (in.skip_space(); !in.rest().empty(); in.skip_space()) {
    JsonValue value;
    in.value(&value, 0);
    element(value);
    in.skip_space();
    in.take(',');
  }
}

std::optional<JsonValue> json_member(const JsonValue& value, std::string_view name) {
  std::optional<JsonValue> found;
  if (value.kind != JsonKind::object) return found;
  for_each_member(value, [&](const JsonValue& member, const JsonValue& inner) {
    auto unescaped = json_string(member);
    if (unescaped.ok() && *unescaped == name) found = inner;
  });
  return found;
}

std::optional<JsonValue> json_element(const JsonValue& value, int64_t index) {
  if (value.kind != JsonKind::array) return std::nullopt;
  std::vector<JsonValue> elements;
  for_each_element(value, [&](const JsonValue& element) { elements.push_back(element); });
  auto count = static_cast<int64_t>(elements.size());
  if (index < 0) index += count;
  if (index < 0 || index >= count) return std::nullopt;
  return elements[static_cast<size_t>(index)];
}

Result<std::string, ValueError> json_string(const JsonValue& value) {
  return Unescaper(inner_of(value)).run();
}

void append_json_string(std::string_view text, std::string* out) {
  constexpr std::string_view kNames = "bfnrt\"\\", kValues = "\b\f\n\r\t\"\\";
  out->push_back('"');
  for (char c : text) {
    size_t at = kValues.find(c);
    if (at != std::string_view::npos) {
      out->push_back('\\');
      out->push_back(kNames[at]);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

}  // namespace leat
