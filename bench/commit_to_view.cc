// commit-to-view: milliseconds from the moment COMMIT has returned at the source to the moment a
// SELECT over SQL sees the change in a three-table join view, with the real program and a real
// PostgreSQL. Last line: `commit-to-view ratio=X`, X = 10 ms / p99 at 1,000 transactions a second.
//
// Each writer owns one order and counts its quantity up, once in every transaction, beside an
// insert of another order. A poller reads the writers' orders through the view: what it sees says
// which transactions are visible by now.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/harness.h"
#include "tests/support/postgres_server.h"
#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kSchema = R"(
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(10,2) NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, product_id int NOT NULL,
                     quantity bigint NOT NULL);
INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 10000) i;
INSERT INTO products SELECT i, 'product ' || i, i * 0.25 FROM generate_series(1, 1000) i;
INSERT INTO orders SELECT i, 1 + i % 10000, 1 + i % 1000, 0 FROM generate_series(1, 100000) i;
)";

const ViewFile kView = {"order_lines",
                        "SELECT o.id, c.name AS customer, p.name AS product, o.quantity, "
                        "o.quantity * p.price AS amount "
                        "FROM orders o JOIN customers c ON c.id = o.customer_id JOIN products p ON "
                        "p.id = o.product_id"};

// The commits of one writer that no read has shown yet.
class Pending {
 public:
  void committed(int64_t quantity, SteadyTime at) {
    std::lock_guard lock(mutex_);
    commits_.push_back({quantity, at});
  }
  // Takes out what is visible now that the view shows QUANTITY.
  void seen(int64_t quantity, SteadyTime at, std::vector<double>* latencies_ms) {
    std::lock_guard lock(mutex_);
    for (; !commits_.empty() && commits_.front().quantity <= quantity; commits_.pop_front()) {
      // Visible before the writer had its answer: no delay at all.
      auto delay = std::max(at - commits_.front().at, SteadyTime::duration::zero());
      latencies_ms->push_back(std::chrono::duration<double, std::milli>(delay).count());
    }
  }
  bool empty() {
    std::lock_guard lock(mutex_);
    return commits_.empty();
  }

 private:
  struct Commit {
    int64_t quantity;
    SteadyTime at;
  };
  std::mutex mutex_;
  std::deque<Commit> commits_;
};

struct Workload {
  int transactions_per_second;
  int writers;
  std::chrono::seconds duration;
};

std::atomic<int64_t> next_order = 1'000'000;

void write_steadily(const std::string& uri, int order, const Workload& load, int64_t* quantity,
                    Pending* pending) {
  auto client = take(PostgresClient::connect(uri));
  auto interval = std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(
      static_cast<double>(load.writers) / load.transactions_per_second));
  auto due = now();
  for (auto end = due + load.duration; due < end; due += interval) {
    std::this_thread::sleep_until(due);
    int64_t id = next_order++;
    require(
        client->execute(fmt::format("BEGIN; INSERT INTO orders VALUES ({}, {}, {}, 1);"
                                    "UPDATE orders SET quantity = {} WHERE id = {}; COMMIT",
                                    id, 1 + id % 10000, 1 + id % 1000, ++*quantity, order)));
    pending->committed(*quantity, now());
  }
}

struct Percentiles {
  double p50, p99;
  size_t count;
};

Percentiles percentiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  auto at = [&](double share) {
    return values.empty()
               ? 0
               : values[std::min(values.size() - 1, size_t(share * double(values.size())))];
  };
  return {at(0.50), at(0.99), values.size()};
}

class Run {
 public:
  Run() {
    source_ = take(PostgresServer::start({.settings = {"fsync = on"}, .authentication = "trust"}));
    require(take(PostgresClient::connect(source_->uri()))->execute(kSchema));
    leat_ = std::make_unique<LeatServer>(source_->uri(), std::vector<ViewFile>{kView});
    require(leat_->start());
    require(leat_->wait_live(120s));
  }

  Percentiles measure(const Workload& load) {
    std::vector<Pending> pending(static_cast<size_t>(load.writers));
    quantities_.resize(std::max(quantities_.size(), pending.size()));
    std::vector<std::thread> writers;
    for (int w = 0; w < load.writers; ++w) {
      writers.emplace_back([&, w] {
        write_steadily(source_->uri(), w + 1, load, &quantities_[size_t(w)], &pending[size_t(w)]);
      });
    }
    std::atomic<bool> writing = true;
    std::vector<double> latencies;
    std::thread poller([&] { poll(pending, writing, &latencies); });
    for (std::thread& writer : writers) writer.join();
    writing = false;
    poller.join();
    return percentiles(std::move(latencies));
  }

 private:
  void poll(std::vector<Pending>& pending, const std::atomic<bool>& writing,
            std::vector<double>* latencies) {
    auto client = take(PostgresClient::connect(leat_->sql_uri()));
    auto all_seen = [&] {
      return std::all_of(pending.begin(), pending.end(), [](Pending& p) { return p.empty(); });
    };
    for (size_t w = 0; writing || !all_seen(); w = (w + 1) % pending.size()) {
      std::string quantity =
          take(client->value(fmt::format("SELECT quantity FROM order_lines WHERE id = {}", w + 1)));
      pending[w].seen(std::stoll(quantity), now(), latencies);
      std::this_thread::sleep_for(100us);
    }
  }

  std::unique_ptr<PostgresServer> source_;
  std::unique_ptr<LeatServer> leat_;
  std::vector<int64_t> quantities_;
};

}  // namespace

int main() {
  Run run;
  run.measure({200, 2, 3s});  // warm up
  double p99_at_1000 = 0;
  for (Workload load : {Workload{1000, 4, 20s}, Workload{5000, 8, 10s}}) {
    Percentiles result = run.measure(load);
    fmt::print("commit-to-view at {} transactions/s: p50 {:.2f} ms, p99 {:.2f} ms ({} commits)\n",
               load.transactions_per_second, result.p50, result.p99, result.count);
    if (load.transactions_per_second == 1000) p99_at_1000 = result.p99;
  }
  fmt::print("commit-to-view ratio={:.2f}\n", 10.0 / p99_at_1000);
}
