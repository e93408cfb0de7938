// join-3way: orders ⋈ customers ⋈ products kept current in RocksDB, from the log into the view:
// 2M inserts, then 1M updates and deletes of orders and customers (bench/shop_workload.h).
//
// The changes stand in the log before the clock starts. Inserts: from the definition of the view to
// its being live and durable. Updates: from opening the maintainer to the view's being at the last
// cut and durable. The result is checked against one computed in the plainest way.
//
// The reference is what a store costs without any join: random puts per second of a plain RocksDB
// loop, with values as large as the view's rows, WAL off, in the same run.
#include <rocksdb/db.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench/harness.h"
#include "bench/shop_workload.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "log/model/key.h"
#include "tests/support/process.h"
#include "views/maintainer.h"

namespace leat::bench {
namespace {

// Writes changes as a source does: transactions of 100 changes, whole records.
class LogWriter {
 public:
  explicit LogWriter(log::ChangeLog& log) : log_(log) {
    log::CommitUnit unit;
    for (Table table : kTables) {
      const GenerationId generation = log.allocate_generation();
      const SchemaId schema = log.schema_id(schema_of(table));
      unit.edits.push_back(log::CreateTopic{topic_of(table)});
      unit.edits.push_back(
          log::BeginGeneration{topic_of(table), generation, schema, kPartitionCount});
      unit.edits.push_back(log::SwitchGeneration{topic_of(table), generation});
      generations_.push_back(generation);
      schemas_.push_back(schema);
    }
    ticket_ = take(log.submit(std::move(unit)));
  }

  void write(const Change& change) {
    const SchemaId schema = schemas_[static_cast<size_t>(change.table)];
    key_.clear();
    value_.clear();
    header_.clear();
    append_key_field(TypeId::int64, Datum::of_int(change.id), &key_);
    ChangeHeader header;
    header.transaction_id = transaction_;
    header.index = changes_++;
    if (!change.before.empty()) header.before = RowImage{schema, change.before};
    append_change_header(header, &header_);
    std::optional<std::string_view> value;
    if (!change.after.empty()) {
      append_change_value({schema, change.after}, &value_);
      value = value_;
    }
    const PartitionId partition{generations_[static_cast<size_t>(change.table)],
                                PartitionIndex(kafka_partition_of(key_, kPartitionCount))};
    appends_[partition].add(0, key_, value, header_);
    if (changes_ == kChangesPerTransaction) commit();
  }

  // Returns when all is durable.
  CutId finish() {
    commit();
    if (!take(log_.wait_durable(ticket_, std::chrono::seconds(60)))) fail("the log is stuck");
    return log_.state()->cut;
  }

 private:
  static constexpr int32_t kPartitionCount = 4;
  static constexpr uint64_t kChangesPerTransaction = 100;

  void commit() {
    log::CommitUnit unit;
    for (auto& [partition, records] : appends_) {
      if (!records.empty()) unit.appends.push_back({partition, std::move(records)});
    }
    appends_.clear();
    ticket_ = take(log_.submit(std::move(unit)));
    changes_ = 0;
    ++transaction_;
  }

  log::ChangeLog& log_;
  std::vector<GenerationId> generations_;
  std::vector<SchemaId> schemas_;
  std::map<PartitionId, log::RecordBuffer> appends_;
  std::string key_, value_, header_;
  uint64_t transaction_ = 1;
  uint64_t changes_ = 0;
  log::Ticket ticket_;
};

// A store and the maintainer of the view, as in `leat run`.
class Views {
 public:
  Views(log::ChangeLog& log, const std::string& path) {
    store::StoreOptions options;
    options.path = path;
    options.tables = views::ViewTables::names();
    store_ = take(store::Store::open(options));
    maintainer_ =
        take(views::Maintainer::open(log, *store_, views::ViewTables(0), Clock::system(), {}));
    maintainer_->start();
    const auto definitions = views::parse_definitions({{"views/order_lines.sql", kViewSql}});
    if (!definitions.errors.empty()) fail(definitions.errors[0]);
    require(maintainer_->set_definitions(definitions));
  }

  void wait_live(CutId cut) {
    for (;;) {
      const auto snapshot = maintainer_->snapshot();
      if (snapshot != nullptr && snapshot->cut() >= cut) {
        const auto view = snapshot->views().find("order_lines");
        if (view != snapshot->views().end()) {
          if (view->second.status.state == views::ViewState::live) return;
          if (view->second.status.state == views::ViewState::frozen) {
            fail(view->second.status.reason);
          }
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  Contents contents() {
    Contents out;
    require(maintainer_->snapshot()->scan("order_lines", "", [&](std::string_view row) {
      out.add(row);
      return true;
    }));
    return out;
  }

  void stop() { require(maintainer_->stop()); }

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<views::Maintainer> maintainer_;
};

// From now until the view is live at CUT and durable.
double time_to_live(const char* name, int64_t changes, log::ChangeLog& log, const std::string& path,
                    CutId cut, Contents* contents) {
  const auto start = now();
  Views views(log, path);
  views.wait_live(cut);
  double seconds = seconds_since(start);
  const double live_seconds = seconds;
  *contents = views.contents();
  const auto stop = now();
  views.stop();
  seconds += seconds_since(stop);
  fmt::print("{}: {} changes, live after {:.1f} s, durable after {:.1f} s: {:.0f} changes/s\n",
             name, changes, live_seconds, seconds, static_cast<double>(changes) / seconds);
  std::fflush(stdout);
  return seconds;
}

// Random puts per second of a plain RocksDB, one thread.
double reference_puts_per_second(const std::string& path, size_t value_bytes) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, path, &opened).ok()) fail("cannot open the reference store");
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions write_options;
  write_options.disableWAL = true;
  constexpr int64_t kPuts = 2'000'000;
  test::Random random(1);
  std::string value(value_bytes, ' ');
  std::string key;
  const auto start = now();
  for (int64_t i = 0; i < kPuts; ++i) {
    key.clear();
    append_key_field(TypeId::int64, Datum::of_int(random.between(0, kPuts - 1)), &key);
    const uint64_t noise = random.below(SIZE_MAX);
    value.replace(0, std::min(sizeof noise, value_bytes), reinterpret_cast<const char*>(&noise),
                  std::min(sizeof noise, value_bytes));
    if (!db->Put(write_options, key, value).ok()) fail("the reference store failed to write");
  }
  return static_cast<double>(kPuts) / seconds_since(start);
}

void run() {
  spdlog::set_level(spdlog::level::warn);
  test::TempDir dir;
  log::LocalLogOptions log_options{Fs::posix(), Clock::system(), dir / "log"};
  const auto log = take(log::LocalLog::open(log_options));
  LogWriter writer(*log);
  Shop shop;

  for (int64_t n = 0; n < kInserts; ++n) writer.write(shop.insert_number(n));
  CutId cut = writer.finish();
  Contents found;
  double seconds = time_to_live("inserts", kInserts, *log, dir / "views", cut, &found);
  if (found != shop.expected_view()) fail("the view is wrong after the inserts");

  for (int64_t n = 0; n < kChanges; ++n) writer.write(shop.random_change());
  cut = writer.finish();
  seconds += time_to_live("updates and deletes", kChanges, *log, dir / "views", cut, &found);
  if (found != shop.expected_view()) fail("the view is wrong after the updates");

  const size_t row_bytes = found.row_bytes / found.rows;
  fmt::print("view: {} rows of {} bytes, as computed from scratch\n", found.rows, row_bytes);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("memory: {} MB at most\n", usage.ru_maxrss / 1024);
  const double reference = reference_puts_per_second(dir / "reference", row_bytes);
  const double rate = static_cast<double>(kInserts + kChanges) / seconds;
  fmt::print("join: {:.0f} changes/s; reference: {:.0f} random puts/s\n", rate, reference);
  fmt::print("join-3way ratio={:.2f}\n", rate / reference);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
