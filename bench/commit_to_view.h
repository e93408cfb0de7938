// Milliseconds from the moment COMMIT has returned at a source to the moment a SELECT over SQL sees
// the change in a three-table join view, with the real program over a real server.
//
// Each writer owns one order and counts its quantity up, once in every transaction, beside an
// insert of another order. A poller reads the writers' orders through the view: what it sees says
// which transactions are visible by now.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.h"
#include "tests/whole/support/leat_server.h"

namespace leat::bench {

inline const test::ViewFile kOrderLines = {
    "order_lines",
    "SELECT o.id, c.name AS customer, p.name AS product, o.quantity, "
    "o.quantity * p.price AS amount "
    "FROM orders o JOIN customers c ON c.id = o.customer_id JOIN products p ON "
    "p.id = o.product_id"};

// A server that holds customers 1 to 10,000, products 1 to 1,000 and orders 1 to 100,000 of a
// quantity of 0.
struct ViewedSource {
  std::string uri;  // as in leat.yaml
  // A writer's connection of its own: what executes statements there.
  std::function<std::function<void(const std::string& statements)>()> connect;
};

// The commits of one writer that no read has shown yet.
class PendingCommits {
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

struct CommitLoad {
  int transactions_per_second;
  int writers;
  std::chrono::seconds duration;
};

struct Percentiles {
  double p50, p99;
  size_t count;
};

inline Percentiles percentiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  auto at = [&](double share) {
    return values.empty()
               ? 0
               : values[std::min(values.size() - 1, size_t(share * double(values.size())))];
  };
  return {at(0.50), at(0.99), values.size()};
}

class CommitToView {
 public:
  explicit CommitToView(ViewedSource source)
      : source_(std::move(source)), leat_(source_.uri, {kOrderLines}) {
    require(leat_.start());
    require(leat_.wait_live(std::chrono::seconds(120)));
  }

  Percentiles measure(const CommitLoad& load) {
    std::vector<PendingCommits> pending(static_cast<size_t>(load.writers));
    quantities_.resize(std::max(quantities_.size(), pending.size()));
    std::vector<std::thread> writers;
    for (size_t w = 0; w < pending.size(); ++w) {
      writers.emplace_back([&, w] { write_steadily(w, load, &pending[w]); });
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
  void write_steadily(size_t writer, const CommitLoad& load, PendingCommits* pending) {
    auto execute = source_.connect();
    auto interval = std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(
        static_cast<double>(load.writers) / load.transactions_per_second));
    int64_t& quantity = quantities_[writer];
    auto due = now();
    for (auto end = due + load.duration; due < end; due += interval) {
      std::this_thread::sleep_until(due);
      int64_t id = next_order_++;
      execute(
          fmt::format("BEGIN; INSERT INTO orders VALUES ({}, {}, {}, 1);"
                      "UPDATE orders SET quantity = {} WHERE id = {}; COMMIT",
                      id, 1 + id % 10000, 1 + id % 1000, ++quantity, writer + 1));
      pending->committed(quantity, now());
    }
  }

  void poll(std::vector<PendingCommits>& pending, const std::atomic<bool>& writing,
            std::vector<double>* latencies) {
    auto client = take(test::PostgresClient::connect(leat_.sql_uri()));
    auto all_seen = [&] {
      return std::all_of(pending.begin(), pending.end(),
                         [](PendingCommits& p) { return p.empty(); });
    };
    for (size_t w = 0; writing || !all_seen(); w = (w + 1) % pending.size()) {
      std::string quantity =
          take(client->value(fmt::format("SELECT quantity FROM order_lines WHERE id = {}", w + 1)));
      pending[w].seen(std::stoll(quantity), now(), latencies);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }

  ViewedSource source_;
  test::LeatServer leat_;
  std::atomic<int64_t> next_order_ = 1'000'000;
  std::vector<int64_t> quantities_;  // by writer
};

// Prints the percentiles at both loads, then the line `NAME ratio=X`, X = 10 ms / p99 at 1,000
// transactions a second.
inline void run_commit_to_view(const char* name, ViewedSource source) {
  using std::chrono::seconds;
  CommitToView run(std::move(source));
  run.measure({200, 2, seconds(3)});  // warm up
  double p99_at_1000 = 0;
  for (CommitLoad load : {CommitLoad{1000, 4, seconds(20)}, CommitLoad{5000, 8, seconds(10)}}) {
    Percentiles result = run.measure(load);
    fmt::print("{} at {} transactions/s: p50 {:.2f} ms, p99 {:.2f} ms ({} commits)\n", name,
               load.transactions_per_second, result.p50, result.p99, result.count);
    if (load.transactions_per_second == 1000) p99_at_1000 = result.p99;
  }
  fmt::print("{} ratio={:.2f}\n", name, 10.0 / p99_at_1000);
}

}  // namespace leat::bench
