#include "cdc/mysql/binlog/json_diff.h"

#include <spdlog/fmt/fmt.h>

#include <optional>
#include <vector>

#include "cdc/mysql/binlog/json_binary.h"
#include "cdc/mysql/binlog/packed_integer.h"
#include "log/model/json_text.h"
#include "log/model/text_scan.h"

namespace leat::cdc::mysql {
namespace {

enum class Operation : uint8_t { replace = 0, insert = 1, remove = 2 };

// One step of a path: a member's name, or an element's index, counted from the last one on where
// FROM_LAST is set.
struct Leg {
  std::optional<std::string> member;
  uint64_t index = 0;
  bool from_last = false;
};

struct Diff {
  Operation operation;
  std::string_view path;
  std::string value;  // as text
};

Error damaged_path(std::string_view path) {
  return Error::permanent(fmt::format("a JSON path that does not parse: {}", path));
}

// `name` or `"any name"` at the front of REST.
Result<std::string> take_member(std::string_view* rest) {
  if (rest->empty() || rest->front() != '"') {
    size_t size = std::min(rest->find_first_of(".["), rest->size());
    std::string name(rest->substr(0, size));
    rest->remove_prefix(size);
    return name;
  }
  size_t end = 1;
  while (end < rest->size() && (*rest)[end] != '"') end += (*rest)[end] == '\\' ? 2 : 1;
  if (end >= rest->size()) return damaged_path(*rest);
  auto quoted = parse_json(rest->substr(0, end + 1));
  if (!quoted.ok()) return damaged_path(*rest);
  auto name = json_string(*quoted);
  if (!name.ok()) return damaged_path(*rest);
  rest->remove_prefix(end + 1);
  return *name;
}

void skip_blanks(std::string_view* rest) {
  while (!rest->empty() && rest->front() == ' ') rest->remove_prefix(1);
}

// A number at the front of REST.
Result<uint64_t> take_index(std::string_view* rest) {
  skip_blanks(rest);
  constexpr uint64_t kIndexMax = UINT32_MAX;
  uint64_t index = 0;
  size_t digits = 0;
  while (digits < rest->size() && is_digit((*rest)[digits]) && index <= kIndexMax) {
    index = index * 10 + static_cast<uint64_t>((*rest)[digits++] - '0');
  }
  if (digits == 0) return damaged_path(*rest);
  rest->remove_prefix(digits);
  return index;
}

// `12]`, `last]` or `last - 12]` at the front of REST: paths are logged as they were written.
Status take_cell(std::string_view* rest, Leg* leg) {
  constexpr std::string_view kLast = "last";
  skip_blanks(rest);
  leg->from_last = rest->starts_with(kLast);
  if (leg->from_last) {
    rest->remove_prefix(kLast.size());
    skip_blanks(rest);
  }
  bool is_number = !leg->from_last || rest->starts_with('-');
  if (leg->from_last && is_number) rest->remove_prefix(1);
  if (is_number) {
    LEAT_ASSIGN_OR_RETURN(leg->index, take_index(rest));
  }
  skip_blanks(rest);
  if (!rest->starts_with(']')) return damaged_path(*rest);
  rest->remove_prefix(1);
  return Ok();
}

Result<std::vector<Leg>> parse_path(std::string_view path) {
  std::vector<Leg> legs;
  std::string_view rest = path;
  if (rest.empty() || rest.front() != '$') return damaged_path(path);
  rest.remove_prefix(1);
  while (!rest.empty()) {
    char kind = rest.front();
    rest.remove_prefix(1);
    Leg leg;
    if (kind == '.') {
      LEAT_ASSIGN_OR_RETURN(leg.member, take_member(&rest));
    } else if (kind == '[') {
      LEAT_RETURN_IF_ERROR(take_cell(&rest, &leg));
    } else {
      return damaged_path(path);
    }
    legs.push_back(std::move(leg));
  }
  return legs;
}

Result<Diff> read_diff(ByteReader& in) {
  Diff out{};
  out.operation = static_cast<Operation>(in.u8());
  out.path = read_packed_string(in);
  bool has_value = out.operation == Operation::replace || out.operation == Operation::insert;
  std::string_view value = has_value ? read_packed_string(in) : std::string_view();
  if (!in.ok() || out.operation > Operation::remove) return Error::permanent("a damaged JSON diff");
  if (has_value) LEAT_RETURN_IF_ERROR(append_json_text(value, &out.value));
  return out;
}

// A member or an element: its text from FROM to TO, with its name.
struct Child {
  std::string name;
  JsonValue value;
  size_t from;
  size_t to;
};

// A document as text, changed in place.
class Document {
 public:
  explicit Document(std::string_view text) : text_(text) {}

  Status apply(const Diff& diff) {
    LEAT_ASSIGN_OR_RETURN(std::vector<Leg> legs, parse_path(diff.path));
    auto root = parse_json(text_);
    if (!root.ok()) return Error::permanent("the JSON value before the change does not parse");
    JsonValue at = *root;
    if (legs.empty()) return apply_to_whole(diff);
    for (size_t i = 0; i + 1 < legs.size(); ++i) {
      std::vector<Child> all = children(at);
      const Child* found = find(at, all, legs[i]);
      if (found == nullptr) return not_there(diff);
      at = found->value;
    }
    return apply_to_child(diff, at, legs.back());
  }

  std::string take() { return std::move(text_); }

 private:
  static Error not_there(const Diff& diff) {
    return Error::permanent(
        fmt::format("a JSON diff does not fit the value before: {} is not there", diff.path));
  }

  Status apply_to_whole(const Diff& diff) {
    if (diff.operation != Operation::replace) return not_there(diff);
    text_ = diff.value;
    return Ok();
  }

  Status apply_to_child(const Diff& diff, const JsonValue& parent, const Leg& leg) {
    bool fits = parent.kind == (leg.member ? JsonKind::object : JsonKind::array);
    if (!fits) return not_there(diff);
    std::vector<Child> all = children(parent);
    const Child* found = find(parent, all, leg);
    if (diff.operation == Operation::insert) {
      bool has_no_place = leg.member ? found != nullptr : leg.from_last;
      if (has_no_place) return not_there(diff);
      insert(parent, all, leg, diff.value);
      return Ok();
    }
    if (found == nullptr) return not_there(diff);
    if (diff.operation == Operation::replace) {
      text_.replace(offset_of(found->value.text), found->value.text.size(), diff.value);
    } else {
      remove(all, static_cast<size_t>(found - all.data()));
    }
    return Ok();
  }

  size_t offset_of(std::string_view part) const {
    return static_cast<size_t>(part.data() - text_.data());
  }

  std::vector<Child> children(const JsonValue& parent) const {
    std::vector<Child> out;
    auto end_of = [&](const JsonValue& value) { return offset_of(value.text) + value.text.size(); };
    if (parent.kind == JsonKind::object) {
      for_each_member(parent, [&](const JsonValue& name, const JsonValue& value) {
        auto unescaped = json_string(name);
        out.push_back({unescaped.ok() ? *unescaped : std::string(name.text), value,
                       offset_of(name.text), end_of(value)});
      });
    } else if (parent.kind == JsonKind::array) {
      for_each_element(parent, [&](const JsonValue& value) {
        out.push_back({"", value, offset_of(value.text), end_of(value)});
      });
    }
    return out;
  }

  static const Child* find(const JsonValue& parent, const std::vector<Child>& all, const Leg& leg) {
    if (!leg.member) {
      bool there = parent.kind == JsonKind::array && leg.index < all.size();
      if (!there) return nullptr;
      return leg.from_last ? &all[all.size() - 1 - leg.index] : &all[leg.index];
    }
    for (const Child& child : all) {
      if (parent.kind == JsonKind::object && child.name == *leg.member) return &child;
    }
    return nullptr;
  }

  void remove(const std::vector<Child>& all, size_t index) {
    bool last = index + 1 == all.size();
    size_t from = last && index != 0 ? all[index - 1].to : all[index].from;
    size_t to = last ? all[index].to : all[index + 1].from;
    text_.erase(from, to - from);
  }

  void insert(const JsonValue& parent, const std::vector<Child>& all, const Leg& leg,
              const std::string& value) {
    std::string added;
    if (leg.member) {
      append_json_string(*leg.member, &added);
      added += ": ";
    }
    added += value;
    size_t index = leg.member ? place_of(all, *leg.member) : leg.index;
    if (index < all.size()) {
      text_.insert(all[index].from, added + ", ");
    } else if (all.empty()) {
      text_.insert(offset_of(parent.text) + 1, added);
    } else {
      text_.insert(all.back().to, ", " + added);
    }
  }

  // The server keeps members by length, then by bytes.
  static size_t place_of(const std::vector<Child>& all, const std::string& name) {
    size_t i = 0;
    auto before = [&](const std::string& other) {
      return other.size() != name.size() ? other.size() < name.size() : other < name;
    };
    while (i < all.size() && before(all[i].name)) ++i;
    return i;
  }

  std::string text_;
};

}  // namespace

Result<std::string> apply_json_diffs(std::string_view document, std::string_view diffs) {
  Document out(document);
  ByteReader in(diffs);
  while (in.remaining() != 0) {
    LEAT_ASSIGN_OR_RETURN(Diff diff, read_diff(in));
    LEAT_RETURN_IF_ERROR(out.apply(diff));
  }
  return out.take();
}

}  // namespace leat::cdc::mysql
