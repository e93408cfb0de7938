// Strong ids: numbers that cannot be taken for one another, nor for a bare integer.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace leat {

template <class Tag, class Rep>
class StrongId {
 public:
  using rep = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr StrongId next() const { return StrongId(value_ + 1); }
  constexpr StrongId plus(Rep count) const { return StrongId(value_ + count); }
  // How many steps lie between EARLIER and this.
  constexpr Rep since(StrongId earlier) const { return value_ - earlier.value_; }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  Rep value_{};
};

// The place of a record in its partition. The end offset is one past the last record.
using Offset = StrongId<struct OffsetTag, int64_t>;
// One durable commit of the log: the only logical time. 0 is "before everything".
using CutId = StrongId<struct CutTag, uint64_t>;
// A fresh set of partitions of a topic; unique in the whole log, never used again.
using GenerationId = StrongId<struct GenerationTag, uint64_t>;
using PartitionIndex = StrongId<struct PartitionIndexTag, int32_t>;
using SchemaId = StrongId<struct SchemaTag, uint32_t>;

// One partition of one generation: where records have offsets.
struct PartitionId {
  GenerationId generation;
  PartitionIndex index;

  friend constexpr auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

}  // namespace leat

template <class Tag, class Rep>
struct std::hash<leat::StrongId<Tag, Rep>> {
  size_t operator()(leat::StrongId<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};

template <>
struct std::hash<leat::PartitionId> {
  size_t operator()(const leat::PartitionId& id) const noexcept {
    return std::hash<uint64_t>{}(id.generation.value() * 4099 +
                                 static_cast<uint64_t>(id.index.value()));
  }
};
