// A change log in memory: keeps what was submitted, says that it is durable when the test says so.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "log/change_log.h"
#include "log/model/change.h"

namespace leat::cdc::test {

// A record with its own bytes.
struct StoredRecord {
  std::string key;
  std::optional<std::string> value;
  std::string header;
};

class FakeLog final : public log::ChangeLog {
 public:
  GenerationId allocate_generation() override { return GenerationId(++generation_); }
  SchemaId schema_id(const Schema& schema) override {
    schemas_.push_back(std::make_shared<const Schema>(schema));
    return SchemaId(static_cast<uint32_t>(schemas_.size()));
  }
  std::shared_ptr<const Schema> schema(SchemaId id) const override {
    return id.value() == 0 || id.value() > schemas_.size() ? nullptr : schemas_[id.value() - 1];
  }

  Result<log::Ticket> submit(log::CommitUnit unit) override {
    units.push_back(std::move(unit));
    if (durable_at_once) durable_ticket = log::Ticket(units.size());
    return log::Ticket(units.size());
  }
  log::Ticket durable() const override { return durable_ticket; }
  Result<bool> wait_durable(log::Ticket ticket, std::chrono::milliseconds) override {
    return durable_ticket >= ticket;
  }
  std::shared_ptr<const log::LogState> state() const override {
    return std::make_shared<log::LogState>();
  }
  Result<bool> wait_cut(CutId, std::chrono::milliseconds) const override { return false; }
  Result<std::vector<Offset>> offsets_at(GenerationId, CutId) override {
    return Error::permanent("the fake log cannot be read");
  }
  Result<std::unique_ptr<log::CutReader>> read_cuts(std::vector<std::string>,
                                                    log::ReadPosition) override {
    return Error::permanent("the fake log cannot be read");
  }
  Result<std::unique_ptr<log::PartitionReader>> read_partition(PartitionId, Offset) override {
    return Error::permanent("the fake log cannot be read");
  }
  void set_reader_floor(std::string_view, CutId) override {}
  void forget_reader(std::string_view) override {}
  Status close() override { return Ok(); }

  // The records of a unit in one generation, partition after partition.
  static std::vector<StoredRecord> records(const log::CommitUnit& unit, GenerationId generation) {
    std::vector<StoredRecord> out;
    for (const auto& append : unit.appends) {
      if (append.partition.generation != generation) continue;
      append.records.for_each([&](const log::RecordView& record) {
        out.push_back({std::string(record.key),
                       record.value ? std::optional<std::string>(*record.value) : std::nullopt,
                       std::string(record.change_header)});
      });
    }
    return out;
  }

  std::vector<log::CommitUnit> units;
  log::Ticket durable_ticket;
  bool durable_at_once = true;

 private:
  uint64_t generation_ = 100;
  std::vector<std::shared_ptr<const Schema>> schemas_;
};

}  // namespace leat::cdc::test
