// join-3way: orders ⋈ customers ⋈ products kept current in RocksDB: 2M inserts, then 1M updates and
// deletes of orders and customers.
//
// The reference is what the store costs without any join: random puts per second of a plain RocksDB
// loop, with values as large as the view's rows, WAL off, in the same run.
#include <rocksdb/db.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "joins/dataflow.h"
#include "log/base/hash.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "tests/support/process.h"
#include "tests/support/random.h"

namespace leat::bench {
namespace {

using joins::Dataflow;
using joins::Plan;
using joins::PlanPtr;
using joins::StateUnit;
using Clock = std::chrono::steady_clock;

constexpr int64_t kCustomers = 100'000;
constexpr int64_t kProducts = 10'000;
constexpr int64_t kOrders = 1'890'000;
constexpr int64_t kChanges = 1'000'000;
constexpr size_t kChangesPerStep = 10'000;
constexpr store::TableId kState{0};
constexpr store::TableId kRows{1};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Ends the program: a benchmark whose result is wrong has none.
[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "join-3way: {}\n", why);
  std::exit(1);
}
void require(const Status& status) {
  if (!status.ok()) fail(status.error().message());
}

// --- The tables -------------------------------------------------------------------------------

const RowType kOrderType = {
    {TypeId::int64}, {TypeId::int64}, {TypeId::int64}, {TypeId::int32}, {TypeId::text}};
const RowType kCustomerType = {{TypeId::int64}, {TypeId::text}, {TypeId::text}};
const RowType kProductType = {{TypeId::int64}, {TypeId::text}, {TypeId::int64}};
const RowType kViewType = {{TypeId::int64}, {TypeId::text}, {TypeId::text}, {TypeId::int64}};

struct Order {
  int64_t customer = 0;
  int64_t product = 0;
  int32_t quantity = 0;
  bool deleted = false;
};

std::string customer_name(int64_t id, uint32_t version) {
  return fmt::format("customer {} of version {}", id, version);
}
std::string product_name(int64_t id) {
  return fmt::format("product {}", id);
}
int64_t price(int64_t product) {
  return 100 + product * 7 % 9'900;
}

std::string encode(const RowType& type, std::span<const Datum> values) {
  std::string out;
  append_row(type, values, &out);
  return out;
}

std::string order_row(int64_t id, const Order& order) {
  const Datum values[] = {Datum::of_int(id), Datum::of_int(order.customer),
                          Datum::of_int(order.product), Datum::of_int(order.quantity),
                          Datum::of_bytes("ordered by the usual way")};
  return encode(kOrderType, values);
}

std::string customer_row(int64_t id, uint32_t version) {
  const std::string name = customer_name(id, version);
  const Datum values[] = {Datum::of_int(id), Datum::of_bytes(name),
                          Datum::of_bytes("a street in a town")};
  return encode(kCustomerType, values);
}

std::string product_row(int64_t id) {
  const std::string name = product_name(id);
  const Datum values[] = {Datum::of_int(id), Datum::of_bytes(name), Datum::of_int(price(id))};
  return encode(kProductType, values);
}

// The source's tables, and the changes to them; each is (topic, row before, row after).
struct Tables {
  std::vector<uint32_t> customers = std::vector<uint32_t>(kCustomers);  // version
  std::vector<Order> orders = std::vector<Order>(kOrders);
};

struct Change {
  const char* topic;
  std::string before;
  std::string after;
};

Order random_order(test::Random& random) {
  return {random.between(0, kCustomers - 1), random.between(0, kProducts - 1),
          static_cast<int32_t>(random.between(1, 9)), false};
}

Change insert_number(int64_t n, Tables& tables, test::Random& random) {
  if (n < kCustomers) return {"customers", "", customer_row(n, 0)};
  n -= kCustomers;
  if (n < kProducts) return {"products", "", product_row(n)};
  n -= kProducts;
  Order& order = tables.orders[static_cast<size_t>(n)];
  order = random_order(random);
  return {"orders", "", order_row(n, order)};
}

// 85 % updates of orders, 10 % deletes of orders (an order that is gone comes back), 5 % updates of
// customers, each of which changes about 19 rows of the view.
Change random_change(Tables& tables, test::Random& random) {
  const size_t dice = random.below(100);
  if (dice < 5) {
    const int64_t id = random.between(0, kCustomers - 1);
    uint32_t& version = tables.customers[static_cast<size_t>(id)];
    std::string before = customer_row(id, version++);
    return {"customers", std::move(before), customer_row(id, version)};
  }
  const int64_t id = random.between(0, kOrders - 1);
  Order& order = tables.orders[static_cast<size_t>(id)];
  std::string before = order.deleted ? "" : order_row(id, order);
  if (dice < 15 && !order.deleted) {
    order.deleted = true;
    return {"orders", std::move(before), ""};
  }
  order = random_order(random);
  return {"orders", std::move(before), order_row(id, order)};
}

// --- The view ---------------------------------------------------------------------------------

class Column final : public joins::Scalar {
 public:
  Column(int index, Type type) : Scalar(type), index_(static_cast<size_t>(index)) {}
  joins::ScalarResult evaluate(std::span<const Datum> row, Arena&) const override {
    return row[index_];
  }
  joins::ScalarPtr with_children(std::vector<joins::ScalarPtr>) const override { return nullptr; }
  void print(std::string* out) const override { out->append(std::to_string(index_)); }

 private:
  size_t index_;
};

class Product final : public joins::Scalar {
 public:
  Product(int left, int right)
      : Scalar(Type{TypeId::int64}),
        left_(static_cast<size_t>(left)),
        right_(static_cast<size_t>(right)) {}
  joins::ScalarResult evaluate(std::span<const Datum> row, Arena&) const override {
    return Datum::of_int(row[left_].integer() * row[right_].integer());
  }
  joins::ScalarPtr with_children(std::vector<joins::ScalarPtr>) const override { return nullptr; }
  void print(std::string* out) const override { out->append("product"); }

 private:
  size_t left_;
  size_t right_;
};

PlanPtr plan_of(RowType type, std::vector<int> key, decltype(Plan::node) node) {
  auto plan = std::make_unique<Plan>();
  plan->row_type = std::move(type);
  plan->unique_key = std::move(key);
  plan->node = std::move(node);
  return plan;
}

// SELECT o.id, c.name, p.name, o.quantity * p.price FROM orders o
//   JOIN customers c ON c.id = o.customer_id JOIN products p ON p.id = o.product_id
PlanPtr view_plan() {
  const Type int64{TypeId::int64}, int32{TypeId::int32}, text{TypeId::text};
  auto orders =
      plan_of({int64, int64, int64, int32}, {0}, joins::Input{"orders", {0, 1, 2, 3}, kOrderType});
  auto customers = plan_of({int64, text}, {0}, joins::Input{"customers", {0, 1}, kCustomerType});
  auto products =
      plan_of({int64, text, int64}, {0}, joins::Input{"products", {0, 1, 2}, kProductType});
  auto with_customer = plan_of(
      {int64, int64, int64, int32, int64, text}, {0},
      joins::Join{joins::JoinKind::inner, std::move(orders), std::move(customers), {1}, {0}});
  auto with_product = plan_of(
      {int64, int64, int64, int32, int64, text, int64, text, int64}, {0},
      joins::Join{joins::JoinKind::inner, std::move(with_customer), std::move(products), {2}, {0}});
  joins::Map map;
  map.input = std::move(with_product);
  map.columns = {std::make_shared<Column>(0, int64), std::make_shared<Column>(5, text),
                 std::make_shared<Column>(7, text), std::make_shared<Product>(3, 8)};
  return plan_of(kViewType, {0}, std::move(map));
}

// What the view must hold, in the plainest way.
struct Contents {
  size_t rows = 0;
  size_t row_bytes = 0;
  uint64_t checksum = 0;  // the sum of the rows' hashes

  void add(std::string_view row) {
    ++rows;
    row_bytes += row.size();
    checksum += hash64(row);
  }
  friend bool operator==(const Contents&, const Contents&) = default;
};

Contents expected_contents(const Tables& tables) {
  Contents out;
  for (int64_t id = 0; id < kOrders; ++id) {
    const Order& order = tables.orders[static_cast<size_t>(id)];
    if (order.deleted) continue;
    const std::string customer =
        customer_name(order.customer, tables.customers[static_cast<size_t>(order.customer)]);
    const std::string product = product_name(order.product);
    const Datum values[] = {Datum::of_int(id), Datum::of_bytes(customer), Datum::of_bytes(product),
                            Datum::of_int(order.quantity * price(order.product))};
    out.add(encode(kViewType, values));
  }
  return out;
}

Contents stored_contents(const store::Store& store) {
  Contents out;
  auto cursor = store.scan(kRows, "", "");
  for (; cursor->valid(); cursor->next()) out.add(cursor->value());
  require(cursor->status());
  return out;
}

// --- The run ----------------------------------------------------------------------------------

class Pipeline {
 public:
  explicit Pipeline(const std::string& path) : plan_(view_plan()) {
    store::StoreOptions store_options;
    store_options.path = path;
    store_options.tables = {"state", "rows"};
    store_ = take(store::Store::open(store_options));
    joins::StateUnitOptions options;
    options.store = store_.get();
    options.state_table = kState;
    options.flushed_with = {kRows};
    state_ = take(StateUnit::open(options));
    dataflow_ = take(Dataflow::create("view", *plan_, *state_, /*fresh=*/true));
  }

  // One step: CHANGES through the dataflow into the view's rows.
  void step(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      if (!change.before.empty()) dataflow_->add_input(change.topic, change.before, -1);
      if (!change.after.empty()) dataflow_->add_input(change.topic, change.after, +1);
    }
    auto output = take(dataflow_->step());
    write_rows(output.rows);
    output_deltas_ += output.rows.size();
    if (state_->wants_flush()) require(state_->begin_flush("position"));
  }

  void finish() {
    require(state_->begin_flush("position"));
    require(state_->wait_flush());
  }

  const store::Store& store() const { return *store_; }
  size_t output_deltas() const { return output_deltas_; }
  joins::StateUnitStats stats() const { return state_->stats(); }

 private:
  template <class T>
  static T take(Result<T> result) {
    if (!result.ok()) fail(result.error().message());
    return std::move(result).value();
  }

  // Rows that only change are overwritten.
  void write_rows(const joins::DeltaBatch& rows) {
    keyed_.clear();
    for (const auto& delta : rows.deltas()) {
      keyed_.push_back({static_cast<uint64_t>(load_id(delta.row)), delta.diff, delta.row});
    }
    std::sort(keyed_.begin(), keyed_.end(), [](const Keyed& a, const Keyed& b) {
      return a.id != b.id ? a.id < b.id : a.diff < b.diff;
    });
    store::WriteBatch batch(*store_);
    std::string key;
    for (size_t i = 0; i < keyed_.size(); ++i) {
      if (i + 1 < keyed_.size() && keyed_[i + 1].id == keyed_[i].id) continue;
      key.clear();
      append_key_field(TypeId::int64, Datum::of_int(static_cast<int64_t>(keyed_[i].id)), &key);
      if (keyed_[i].diff > 0) {
        batch.put(kRows, key, keyed_[i].row);
      } else {
        batch.erase(kRows, key);
      }
    }
    require(store_->write(batch));
  }

  static int64_t load_id(std::string_view row) {
    Datum values[4];
    require(decode_row(kViewType, row, values));
    return values[0].integer();
  }

  struct Keyed {
    uint64_t id;
    int32_t diff;
    std::string_view row;
  };

  PlanPtr plan_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<StateUnit> state_;
  std::unique_ptr<Dataflow> dataflow_;
  std::vector<Keyed> keyed_;
  size_t output_deltas_ = 0;
};

// Makes COUNT changes and takes them through; the time of making them does not count.
template <class MakeChange>
double run_phase(const char* name, int64_t count, Pipeline& pipeline, MakeChange&& make_change) {
  double seconds = 0;
  std::vector<Change> changes;
  for (int64_t done = 0; done < count;) {
    changes.clear();
    for (; done < count && changes.size() < kChangesPerStep; ++done) {
      changes.push_back(make_change(done));
    }
    const auto start = Clock::now();
    pipeline.step(changes);
    seconds += seconds_since(start);
  }
  fmt::print("{}: {} changes in {:.1f} s: {:.0f} changes/s\n", name, count, seconds,
             static_cast<double>(count) / seconds);
  return seconds;
}

// Random puts per second of a plain RocksDB, one thread.
double reference_puts_per_second(const std::string& path, size_t value_bytes) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, path, &opened).ok()) fail("cannot open the reference store");
  std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions write_options;
  write_options.disableWAL = true;
  constexpr int64_t kPuts = 2'000'000;
  test::Random random(1);
  std::string value(value_bytes, ' ');
  std::string key;
  const auto start = Clock::now();
  for (int64_t i = 0; i < kPuts; ++i) {
    key.clear();
    append_key_field(TypeId::int64, Datum::of_int(random.between(0, kPuts - 1)), &key);
    std::generate_n(value.begin(), std::min<size_t>(16, value_bytes),
                    [&] { return static_cast<char>('a' + random.below(26)); });
    if (!db->Put(write_options, key, value).ok()) fail("the reference store failed to write");
  }
  return static_cast<double>(kPuts) / seconds_since(start);
}

void run() {
  test::TempDir dir;
  Tables tables;
  test::Random random(7);
  Pipeline pipeline(dir / "view");
  constexpr int64_t kInserts = kCustomers + kProducts + kOrders;
  double seconds = run_phase("inserts", kInserts, pipeline,
                             [&](int64_t n) { return insert_number(n, tables, random); });
  seconds += run_phase("updates and deletes", kChanges, pipeline,
                       [&](int64_t) { return random_change(tables, random); });
  const auto start = Clock::now();
  pipeline.finish();
  fmt::print("last flush: {:.1f} s\n", seconds_since(start));
  seconds += seconds_since(start);

  const Contents expected = expected_contents(tables);
  if (stored_contents(pipeline.store()) != expected) fail("the view is wrong");
  const auto stats = pipeline.stats();
  const double rate = static_cast<double>(kInserts + kChanges) / seconds;
  const size_t row_bytes = expected.row_bytes / expected.rows;
  fmt::print("view: {} rows of {} bytes, as computed from scratch; {} output deltas\n",
             expected.rows, row_bytes, pipeline.output_deltas());
  fmt::print("state: {} flushes, {} waited for the one before; {} of {} tables in memory\n",
             stats.flushes, stats.flush_waits, stats.complete_tables, stats.tables);
  const double reference = reference_puts_per_second(dir / "reference", row_bytes);
  fmt::print("join: {:.0f} changes/s; reference: {:.0f} random puts/s\n", rate, reference);
  fmt::print("join-3way ratio={:.2f}\n", rate / reference);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
