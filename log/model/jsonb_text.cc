#include <algorithm>

#include "log/model/json_text.h"
#include "log/model/numeric.h"

namespace leat {

namespace {

using Done = Result<void, ValueError>;

Done append_jsonb(const JsonValue& value, std::string* out);

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

Done append_jsonb_object(const JsonValue& value, std::string* out) {
  LEAT_ASSIGN_OR_RETURN(auto members, sorted_members(value));
  out->push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out->append(", ");
    append_json_string(members[i].name, out);
    out->append(": ");
    LEAT_RETURN_IF_ERROR(append_jsonb(members[i].value, out));
  }
  out->push_back('}');
  return {};
}

Done append_jsonb_array(const JsonValue& value, std::string* out) {
  Done status;
  bool first = true;
  out->push_back('[');
  for_each_element(value, [&](const JsonValue& element) {
    if (!status.ok()) return;
    if (!first) out->append(", ");
    first = false;
    status = append_jsonb(element, out);
  });
  out->push_back(']');
  return status;
}

// PostgreSQL's limit for a jsonb: the text can be far longer than what it is made from (1e100000).
constexpr size_t kJsonbBytesMax = 256 << 20;

Done append_jsonb(const JsonValue& value, std::string* out) {
  if (out->size() > kJsonbBytesMax) {
    return ValueError{"the jsonb is too long: its text would have more than 256 MB", "54000"};
  }
  switch (value.kind) {
    case JsonKind::object:
      return append_jsonb_object(value, out);
    case JsonKind::array:
      return append_jsonb_array(value, out);
    case JsonKind::string: {
      LEAT_ASSIGN_OR_RETURN(std::string text, json_string(value));
      append_json_string(text, out);
      return {};
    }
    case JsonKind::number: {
      LEAT_ASSIGN_OR_RETURN(Numeric number, parse_numeric(value.text));
      append_numeric_text(number, out);
      return {};
    }
    default:
      out->append(value.text);
      return {};
  }
}

}  // namespace

Result<std::string, ValueError> to_jsonb_text(const JsonValue& value) {
  std::string out;
  LEAT_RETURN_IF_ERROR(append_jsonb(value, &out));
  return out;
}

}  // namespace leat
