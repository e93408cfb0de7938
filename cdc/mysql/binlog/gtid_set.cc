#include "cdc/mysql/binlog/gtid_set.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "cdc/mysql/binlog/packed_integer.h"
#include "log/base/bytes.h"
#include "log/model/text_scan.h"

namespace leat::cdc::mysql {
namespace {

constexpr size_t kTagBytesMax = 32;
constexpr uint64_t kNumberMax = INT64_MAX - 1;
constexpr uint64_t kTaggedFormat = 1;
constexpr int kFormatShift = 56;

Error malformed(std::string_view text) {
  return Error::permanent(fmt::format("this is no set of GTIDs: \"{}\"", text));
}

std::string_view take_until(std::string_view* text, char separator) {
  size_t size = std::min(text->find(separator), text->size());
  std::string_view out = text->substr(0, size);
  text->remove_prefix(std::min(size + 1, text->size()));
  return out;
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
  if (!whole || value == 0 || value > kNumberMax) return std::nullopt;
  return value;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kTagBytesMax) return false;
  if (!is_letter(text[0]) && text[0] != '_') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::string compacted(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (!is_space(c)) out.push_back(ascii_lower(c));
  }
  return out;
}

// One ones' complement length byte is enough for a tag.
void append_serialized(uint64_t value, std::string* out) {
  out->push_back(static_cast<char>(value << 1));
}

}  // namespace

std::string to_text(const Uuid& uuid) {
  std::string out;
  for (size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    fmt::format_to(std::back_inserter(out), "{:02x}", uuid[i]);
  }
  return out;
}

Result<Uuid> parse_uuid(std::string_view text) {
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  Uuid out{};
  bool good = digits.size() == 2 * out.size();
  for (size_t i = 0; good && i < out.size(); ++i) {
    const char* from = digits.data() + 2 * i;
    auto end = std::from_chars(from, from + 2, out[i], 16);
    good = end.ec == std::errc() && end.ptr == from + 2;
  }
  if (!good) return Error::permanent(fmt::format("this is no UUID: \"{}\"", text));
  return out;
}

Result<GtidSet> GtidSet::parse(std::string_view text) {
  GtidSet out;
  std::string all = compacted(text);
  for (std::string_view rest = all; !rest.empty();) {
    std::string_view source = take_until(&rest, ',');
    if (!source.empty()) LEAT_RETURN_IF_ERROR(out.parse_source(source));
  }
  return out;
}

Status GtidSet::parse_source(std::string_view text) {
  std::string_view rest = text;
  GtidSource source;
  LEAT_ASSIGN_OR_RETURN(source.uuid, parse_uuid(take_until(&rest, ':')));
  bool has_interval = false;
  while (!rest.empty()) {
    std::string_view part = take_until(&rest, ':');
    if (is_tag(part)) {
      source.tag = part;
      continue;
    }
    size_t dash = std::min(part.find('-'), part.size());
    auto first = parse_number(part.substr(0, dash));
    auto end = dash == part.size() ? first : parse_number(part.substr(dash + 1));
    if (!first || !end || *end < *first) return malformed(text);
    add(source, Interval{*first, *end + 1});
    has_interval = true;
  }
  return has_interval ? Status() : malformed(text);
}

Result<GtidSet> GtidSet::decode(std::string_view bytes) {
  ByteReader in(bytes);
  auto head = in.le<uint64_t>();
  bool tagged = head >> kFormatShift == kTaggedFormat;
  uint64_t count = tagged ? head << 8 >> 16 : head;
  GtidSet out;
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    GtidSource source;
    std::string_view uuid = in.bytes(source.uuid.size());
    std::copy(uuid.begin(), uuid.end(), source.uuid.begin());
    if (tagged) source.tag = in.bytes(read_serialized(in));
    auto intervals = in.le<uint64_t>();
    for (uint64_t k = 0; k < intervals && in.ok(); ++k) {
      auto first = in.le<uint64_t>();
      auto end = in.le<uint64_t>();
      if (first == 0 || end <= first || end - 1 > kNumberMax) in.fail();
      if (in.ok()) out.add(source, Interval{first, end});
    }
  }
  if (!in.done()) return Error::permanent("a damaged set of GTIDs");
  return out;
}

void GtidSet::add(const GtidSource& source, Interval added) {
  Intervals& intervals = sources_[source];
  // Those that ADDED overlaps or touches become one with it.
  auto from = std::lower_bound(intervals.begin(), intervals.end(), added.first,
                               [](const Interval& a, uint64_t first) { return a.end < first; });
  auto to = from;
  for (; to != intervals.end() && to->first <= added.end; ++to) {
    added.first = std::min(added.first, to->first);
    added.end = std::max(added.end, to->end);
  }
  if (from == to) {
    intervals.insert(from, added);
    return;
  }
  *from = added;
  intervals.erase(from + 1, to);
}

void GtidSet::add(const GtidSet& other) {
  for (const auto& [source, intervals] : other.sources_) {
    for (const Interval& interval : intervals) add(source, interval);
  }
}

bool GtidSet::contains(const GtidSource& source, uint64_t number) const {
  GtidSet one;
  one.add(source, number);
  return contains(one);
}

bool GtidSet::contains(const GtidSet& other) const {
  return other.minus(*this).empty();
}

GtidSet GtidSet::minus(const GtidSet& other) const {
  GtidSet out;
  for (const auto& [source, intervals] : sources_) {
    auto found = other.sources_.find(source);
    for (const Interval& interval : intervals) {
      uint64_t from = interval.first;
      if (found != other.sources_.end()) {
        for (const Interval& hole : found->second) {
          if (hole.end <= from || hole.first >= interval.end) continue;
          if (hole.first > from) out.add(source, Interval{from, hole.first});
          from = hole.end;
        }
      }
      if (from < interval.end) out.add(source, Interval{from, interval.end});
    }
  }
  return out;
}

std::string GtidSet::to_text() const {
  std::string out;
  const GtidSource* last = nullptr;
  for (const auto& [source, intervals] : sources_) {
    if (last == nullptr || last->uuid != source.uuid) {
      if (last != nullptr) out.push_back(',');
      out += mysql::to_text(source.uuid);
    }
    last = &source;
    if (!source.tag.empty()) out.append(":").append(source.tag);
    for (const Interval& interval : intervals) {
      fmt::format_to(std::back_inserter(out), ":{}", interval.first);
      if (interval.end - 1 != interval.first) {
        fmt::format_to(std::back_inserter(out), "-{}", interval.end - 1);
      }
    }
  }
  return out;
}

std::string GtidSet::encode() const {
  bool tagged = std::any_of(sources_.begin(), sources_.end(),
                            [](const auto& entry) { return !entry.first.tag.empty(); });
  uint64_t count = sources_.size();
  std::string out;
  append_le(&out, tagged ? kTaggedFormat << kFormatShift | count << 8 | kTaggedFormat : count);
  for (const auto& [source, intervals] : sources_) {
    out.append(reinterpret_cast<const char*>(source.uuid.data()), source.uuid.size());
    if (tagged) {
      append_serialized(source.tag.size(), &out);
      out += source.tag;
    }
    append_le<uint64_t>(&out, intervals.size());
    for (const Interval& interval : intervals) {
      append_le(&out, interval.first);
      append_le(&out, interval.end);
    }
  }
  return out;
}

}  // namespace leat::cdc::mysql
