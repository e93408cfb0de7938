// A change log in memory: keeps what was submitted, says that it is durable when the test says so.
#pragma once

#include <algorithm>
#include <iterator>
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
  Result<std::unique_ptr<log::UnitWriter>> open_unit() override {
    return std::unique_ptr<log::UnitWriter>(std::make_unique<Parts>(this));
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
  Result<std::vector<Offset>> offsets_at_time(GenerationId, int64_t) override {
    return Error::permanent("the fake log cannot be read");
  }
  Result<std::unique_ptr<log::CutReader>> read_cuts(std::vector<std::string>,
                                                    log::ReadPosition) override {
    return Error::permanent("the fake log cannot be read");
  }
  Result<std::unique_ptr<log::PartitionReader>> read_partition(PartitionId, Offset) override {
    return Error::permanent("the fake log cannot be read");
  }
  void set_reader_floor(std::string_view, CutId, log::Hold) override {}
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

  std::vector<log::CommitUnit> units;  // those in parts are put together
  std::vector<size_t> part_bytes;
  size_t abandoned = 0;
  std::optional<Error> refuse_parts;
  log::Ticket durable_ticket;
  bool durable_at_once = true;

 private:
  class Parts final : public log::UnitWriter {
   public:
    explicit Parts(FakeLog* log) : log_(log) {}
    ~Parts() override { log_->abandoned += !committed_; }
    Status add(log::CommitUnit part) override {
      if (log_->refuse_parts) return *log_->refuse_parts;
      log_->part_bytes.push_back(part.bytes());
      for (GenerationId generation : part.voids) {
        std::erase_if(whole_.appends, [&](const log::PartitionAppend& append) {
          return append.partition.generation == generation;
        });
      }
      std::move(part.edits.begin(), part.edits.end(), std::back_inserter(whole_.edits));
      std::move(part.appends.begin(), part.appends.end(), std::back_inserter(whole_.appends));
      if (part.position) whole_.position = part.position;
      return Ok();
    }
    Result<log::Ticket> commit(log::CommitUnit last) override {
      LEAT_RETURN_IF_ERROR(add(std::move(last)));
      committed_ = true;
      return log_->submit(std::move(whole_));
    }

   private:
    FakeLog* log_;
    log::CommitUnit whole_;
    bool committed_ = false;
  };

  uint64_t generation_ = 100;
  std::vector<std::shared_ptr<const Schema>> schemas_;
};

}  // namespace leat::cdc::test
