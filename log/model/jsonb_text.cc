#include <algorithm>

#include "log/model/json_text.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

using Done = Result<void, ValueError>;

// Numbers are printed without an exponent: 1e100000 takes 100,000 times its text, and long to
// print. So much longer may all of a value's numbers together become.
constexpr size_t kExpandedBytesMax = 8 << 20;

struct Output {
  std::string text;
  size_t expanded_bytes = 0;
};

Done append_jsonb(const JsonValue& value, Output& out);

struct Member {
  std::string name;
  JsonValue value;
};

bool name_before(const Member& a, const Member& b) {
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  return a.name < b.name;
}

Result<std::vector<Member>, ValueError> sorted_members(const JsonValue& object) {
  std::vector<Member> members;
  Done status;
  for_each_member(object, [&](const JsonValue& name, const JsonValue& value) {
    auto unescaped = json_string(name);
    if (!unescaped.ok()) {
      status = unescaped.error();
    } else {
      members.push_back({*unescaped, value});
    }
  });
  LEAT_RETURN_IF_ERROR(status);
  // Of equal names the last stays: they are behind one another after a stable sort.
  std::stable_sort(members.begin(), members.end(), name_before);
  std::vector<Member> kept;
  for (Member& member : members) {
    if (!kept.empty() && kept.back().name == member.name) kept.pop_back();
    kept.push_back(std::move(member));
  }
  return kept;
}

Done append_jsonb_object(const JsonValue& value, Output& out) {
  LEAT_ASSIGN_OR_RETURN(auto members, sorted_members(value));
  out.text.push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out.text.append(", ");
    append_json_string(members[i].name, &out.text);
    out.text.append(": ");
    LEAT_RETURN_IF_ERROR(append_jsonb(members[i].value, out));
  }
  out.text.push_back('}');
  return {};
}

Done append_jsonb_array(const JsonValue& value, Output& out) {
  Done status;
  bool first = true;
  out.text.push_back('[');
  for_each_element(value, [&](const JsonValue& element) {
    if (!status.ok()) return;
    if (!first) out.text.append(", ");
    first = false;
    status = append_jsonb(element, out);
  });
  out.text.push_back(']');
  return status;
}

Done append_jsonb_number(const JsonValue& value, Output& out) {
  const size_t before = out.text.size();
  LEAT_ASSIGN_OR_RETURN(Numeric number, parse_numeric(value.text));
  append_numeric_text(number, &out.text);
  const size_t printed = out.text.size() - before;
  if (printed > value.text.size()) out.expanded_bytes += printed - value.text.size();
  if (out.expanded_bytes > kExpandedBytesMax) {
    return ValueError{
        "the numbers of a jsonb are too long (Leat's limit is 8 MB more than written)", "54000"};
  }
  return {};
}

Done append_jsonb(const JsonValue& value, Output& out) {
  switch (value.kind) {
    case JsonKind::object:
      return append_jsonb_object(value, out);
    case JsonKind::array:
      return append_jsonb_array(value, out);
    case JsonKind::string: {
      LEAT_ASSIGN_OR_RETURN(std::string text, json_string(value));
      append_json_string(text, &out.text);
      return {};
    }
    case JsonKind::number:
      return append_jsonb_number(value, out);
    default:
      out.text.append(value.text);
      return {};
  }
}

}  // namespace

Result<std::string, ValueError> to_jsonb_text(const JsonValue& value) {
  Output out;
  LEAT_RETURN_IF_ERROR(append_jsonb(value, out));
  return std::move(out.text);
}

}  // namespace leat
