// Sets of MySQL's global transaction identifiers: which transactions were executed.
//
//   text   = source uuid [:tag] :interval [:interval...] [:tag:interval...], separated by commas
//            3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:8,...
//   binary = count u64, count × (uuid, intervals u64, intervals × (first u64, one past the last
//            u64)), little-endian; where a tag is used, the count's top byte and its lowest are 1,
//            the count stands between them, and behind each uuid stands the tag with its length
//            (an integer of mysql::serialization)
// Gtid_set::encode, sql/rpl_gtid_set.cc of MySQL
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/event.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Who numbered a transaction: a server, and within it a tag (MySQL 8.3), empty for most.
struct GtidSource {
  Uuid uuid{};
  std::string tag;

  friend auto operator<=>(const GtidSource&, const GtidSource&) = default;
};

class GtidSet {
 public:
  // As the server prints it; blanks and line ends do not count, nor does case.
  static Result<GtidSet> parse(std::string_view text);
  // Binary: of PREVIOUS_GTIDS.
  static Result<GtidSet> decode(std::string_view bytes);

  bool empty() const { return sources_.empty(); }
  void add(const GtidSource& source, uint64_t number) { add(source, {number, number + 1}); }
  void add(const GtidSet& other);
  bool contains(const GtidSource& source, uint64_t number) const;
  // Every transaction of OTHER.
  bool contains(const GtidSet& other) const;
  // Those of this set that OTHER does not hold.
  GtidSet minus(const GtidSet& other) const;

  std::string to_text() const;
  // Binary: for COM_BINLOG_DUMP_GTID.
  std::string encode() const;

  friend bool operator==(const GtidSet&, const GtidSet&) = default;

 private:
  struct Interval {
    uint64_t first;
    uint64_t end;  // one past the last

    friend bool operator==(const Interval&, const Interval&) = default;
  };
  // In order, none touching the next.
  using Intervals = std::vector<Interval>;

  void add(const GtidSource& source, Interval added);
  Status parse_source(std::string_view text);

  std::map<GtidSource, Intervals> sources_;
};

// "3e11fa47-71ca-11e1-9e33-c80aa9429562".
std::string to_text(const Uuid& uuid);
Result<Uuid> parse_uuid(std::string_view text);

}  // namespace leat::cdc::mysql
