// A log with two tables in it, customers(id, name) and orders(id, customer_id, amount), written as
// a source would write it, and what the tables hold at every cut.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "log/base/clock.h"
#include "log/base/fs.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "tests/support/process.h"

namespace leat::test {

inline const char* const kCustomers = "shop.public.customers";
inline const char* const kOrders = "shop.public.orders";

struct Order {
  int64_t customer = 0;
  std::optional<int64_t> amount;
};

struct ShopTables {
  std::map<int64_t, std::string> customers;
  std::map<int64_t, Order> orders;
};

class ShopLog {
 public:
  static Schema customers_schema() {
    return {{{"id", {TypeId::int64}, false}, {"name", {TypeId::text}, true}}, {0}};
  }
  static Schema orders_schema() {
    return {{{"id", {TypeId::int64}, false},
             {"customer_id", {TypeId::int64}, false},
             {"amount", {TypeId::int64}, true}},
            {0}};
  }

  explicit ShopLog(std::string dir) : dir_(std::move(dir)) { open(); }

  void open() {
    log::LocalLogOptions options{Fs::posix(), Clock::system(), dir_};
    options.journal_bytes = 4 << 20;
    auto opened = log::LocalLog::open(options);
    if (!opened.ok()) FAIL(opened.error().message());
    log_ = std::move(*opened);
  }
  void close() {
    REQUIRE(log_->close().ok());
    log_.reset();
  }
  log::ChangeLog& log() { return *log_; }
  log::SegmentAccess& segments() { return log_->segments(); }
  int64_t commit_time_ms = 0;  // of the records to come

  // Creates both topics; they are empty tables from the cut of switch_in() on.
  void begin() {
    begin_generation(kCustomers, customers_schema());
    begin_generation(kOrders, orders_schema());
    commit();
  }
  void switch_in() {
    for (const char* topic : {kCustomers, kOrders}) {
      unit_.edits.push_back(log::SwitchGeneration{topic, generations_.at(topic)});
    }
    commit();
  }
  // A generation that is filled by what follows, with another schema if wanted.
  void begin_generation(const std::string& topic, const Schema& schema) {
    GenerationId generation = log_->allocate_generation();
    SchemaId id = log_->schema_id(schema);
    unit_.edits.push_back(log::CreateTopic{topic});
    unit_.edits.push_back(log::BeginGeneration{topic, generation, id, kPartitions});
    generations_[topic] = generation;
    schemas_[topic] = {id, schema.row_type()};
  }
  void switch_generation(const std::string& topic) {
    unit_.edits.push_back(log::SwitchGeneration{topic, generations_.at(topic)});
  }
  void stop(const std::string& topic, const std::string& reason) {
    unit_.edits.push_back(log::StopTopic{topic, reason});
  }

  void set_customer(int64_t id, std::optional<std::string> name) {
    auto found = tables_.customers.find(id);
    std::optional<std::string> before;
    if (found != tables_.customers.end()) before = customer_row(id, found->second);
    std::optional<std::string> after;
    if (name) after = customer_row(id, *name);
    append(kCustomers, id, before, after);
    if (name) {
      tables_.customers[id] = *name;
    } else {
      tables_.customers.erase(id);
    }
  }
  void set_order(int64_t id, std::optional<Order> order) {
    auto found = tables_.orders.find(id);
    std::optional<std::string> before;
    if (found != tables_.orders.end()) before = order_row(id, found->second);
    std::optional<std::string> after;
    if (order) after = order_row(id, *order);
    append(kOrders, id, before, after);
    if (order) {
      tables_.orders[id] = *order;
    } else {
      tables_.orders.erase(id);
    }
  }
  // An empty generation in place of the present one.
  void truncate_orders() {
    for (int32_t i = 0; i < kPartitions; ++i) {
      appends_.erase({generations_.at(kOrders), PartitionIndex(i)});
    }
    begin_generation(kOrders, orders_schema());
    switch_generation(kOrders);
    tables_.orders.clear();
  }
  // A record as it is, without looking at what the tables hold.
  void append(const std::string& topic, int64_t id, const std::optional<std::string>& before,
              const std::optional<std::string>& after) {
    if (!before && !after) return;
    const auto& [schema, type] = schemas_.at(topic);
    std::string key, value, header;
    append_key_field(TypeId::int64, Datum::of_int(id), &key);
    ChangeHeader change;
    change.transaction_id = ++transaction_;
    if (before) change.before = RowImage{schema, *before};
    append_change_header(change, &header);
    if (after) append_change_value({schema, *after}, &value);
    auto& records = appends_[{generations_.at(topic), PartitionIndex(kafka_partition(key))}];
    records.add(commit_time_ms, key, after ? std::optional<std::string_view>(value) : std::nullopt,
                header);
  }

  // Makes what was done since the last call one durable cut; returns it.
  CutId commit() {
    for (auto& [partition, records] : appends_) {
      unit_.appends.push_back({partition, std::move(records)});
    }
    appends_.clear();
    auto ticket = log_->submit(std::exchange(unit_, {}));
    if (!ticket.ok()) FAIL(ticket.error().message());
    auto durable = log_->wait_durable(*ticket, std::chrono::seconds(20));
    REQUIRE((durable.ok() && *durable));
    CutId cut = log_->state()->cut;
    history_[cut] = tables_;
    return cut;
  }

  const ShopTables& at(CutId cut) const {
    auto found = history_.upper_bound(cut);
    REQUIRE(found != history_.begin());
    return std::prev(found)->second;
  }
  const ShopTables& now() const { return tables_; }

 private:
  static constexpr int32_t kPartitions = 3;

  static int32_t kafka_partition(std::string_view key) {
    return static_cast<int32_t>(static_cast<unsigned char>(key.back())) % kPartitions;
  }
  std::string customer_row(int64_t id, const std::string& name) const {
    Datum values[] = {Datum::of_int(id), Datum::of_bytes(name)};
    std::string row;
    append_row(schemas_.at(kCustomers).second, values, &row);
    return row;
  }
  std::string order_row(int64_t id, const Order& order) const {
    Datum values[] = {Datum::of_int(id), Datum::of_int(order.customer),
                      order.amount ? Datum::of_int(*order.amount) : Datum::null()};
    std::string row;
    append_row(schemas_.at(kOrders).second, values, &row);
    return row;
  }

  std::string dir_;
  std::unique_ptr<log::LocalLog> log_;
  log::CommitUnit unit_;
  std::map<PartitionId, log::RecordBuffer> appends_;
  std::map<std::string, GenerationId> generations_;
  std::map<std::string, std::pair<SchemaId, RowType>> schemas_;
  uint64_t transaction_ = 0;
  ShopTables tables_;
  std::map<CutId, ShopTables> history_;
};

}  // namespace leat::test
