// A maintainer over a real log and a real store in a temporary directory, and the answers that its
// views must give.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "log/model/row.h"
#include "log/model/text_format.h"
#include "log/store/store.h"
#include "tests/support/process.h"
#include "tests/views/shop_log.h"
#include "views/maintainer.h"

namespace leat::test {

using Rows = std::vector<std::string>;  // "1|Ada|5", sorted

inline const char* const kLinesSql =
    "CREATE MATERIALIZED VIEW lines AS SELECT o.id, c.name, o.amount FROM orders o "
    "JOIN customers c ON c.id = o.customer_id";
inline const char* const kTotalsSql =
    "CREATE MATERIALIZED VIEW totals AS SELECT customer_id, count(*) AS n, sum(amount) AS total "
    "FROM orders GROUP BY customer_id";

inline Rows expected_lines(const ShopTables& tables) {
  Rows out;
  for (const auto& [id, order] : tables.orders) {
    auto customer = tables.customers.find(order.customer);
    if (customer == tables.customers.end()) continue;
    out.push_back(std::to_string(id) + "|" + customer->second + "|" +
                  (order.amount ? std::to_string(*order.amount) : "NULL"));
  }
  std::sort(out.begin(), out.end());
  return out;
}

inline Rows expected_totals(const ShopTables& tables) {
  struct Total {
    int64_t count = 0;
    std::optional<int64_t> sum;
  };
  std::map<int64_t, Total> totals;
  for (const auto& [id, order] : tables.orders) {
    Total& total = totals[order.customer];
    ++total.count;
    if (order.amount) total.sum = total.sum.value_or(0) + *order.amount;
  }
  Rows out;
  for (const auto& [customer, total] : totals) {
    out.push_back(std::to_string(customer) + "|" + std::to_string(total.count) + "|" +
                  (total.sum ? std::to_string(*total.sum) : "NULL"));
  }
  std::sort(out.begin(), out.end());
  return out;
}

class ViewsFixture {
 public:
  ViewsFixture() : shop(dir_ / "log") {
    options.flush_interval = std::chrono::seconds(3600);
    options.memory_bytes = 64 << 20;
  }
  ~ViewsFixture() {
    maintainer.reset();
    store_.reset();
  }

  views::MaintainerOptions options;
  TempDir dir_;
  ShopLog shop;
  std::unique_ptr<views::Maintainer> maintainer;

  void open(const std::vector<std::string>& views) {
    store::StoreOptions store_options;
    store_options.path = dir_ / "state";
    store_options.tables = views::ViewTables::names();
    auto store = store::Store::open(store_options);
    if (!store.ok()) FAIL(store.error().message());
    store_ = std::move(*store);
    auto opened = views::Maintainer::open(shop.log(), *store_, views::ViewTables(0),
                                          Clock::system(), options);
    if (!opened.ok()) FAIL(opened.error().message());
    maintainer = std::move(*opened);
    maintainer->start();
    define(views);
  }
  void define(const std::vector<std::string>& views) {
    std::vector<views::DefinitionFile> files;
    for (const std::string& text : views) {
      files.push_back({"views/" + std::to_string(files.size()) + ".sql", text});
    }
    REQUIRE(maintainer->set_definitions(views::parse_definitions(files)).ok());
  }
  // As a kill: nothing is flushed.
  void kill() {
    maintainer.reset();
    store_.reset();
  }
  void stop() {
    REQUIRE(maintainer->stop().ok());
    kill();
  }
  store::Store& store() { return *store_; }

  // The visible columns of all rows, or the error that a reader gets.
  static Rows read(const views::ViewSnapshot& snapshot, const std::string& name) {
    auto view = snapshot.views().find(name);
    if (view == snapshot.views().end() || view->second.info == nullptr) return {"no view " + name};
    const views::RelationInfo& info = *view->second.info;
    RowType type = info.schema.row_type();
    Rows out;
    Status done = snapshot.scan(name, "", [&](std::string_view row) {
      std::vector<Datum> values(type.size());
      REQUIRE(decode_row(type, row, values).ok());
      std::string text;
      for (int i = 0; i < info.visible_columns; ++i) {
        auto at = static_cast<size_t>(i);
        if (i > 0) text += "|";
        if (values[at].is_null()) {
          text += "NULL";
        } else {
          append_text(type[at].id, values[at], &text);
        }
      }
      out.push_back(text);
      return true;
    });
    if (!done.ok()) return {"error: " + done.error().message()};
    std::sort(out.begin(), out.end());
    return out;
  }

  // The first published snapshot at or beyond CUT in which all views of NAMES are live.
  std::shared_ptr<const views::ViewSnapshot> wait_live(CutId cut,
                                                       const std::vector<std::string>& names) {
    return wait([&](const views::ViewSnapshot& snapshot) {
      if (snapshot.cut() < cut) return false;
      return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        auto view = snapshot.views().find(name);
        return view != snapshot.views().end() &&
               view->second.status.state == views::ViewState::live;
      });
    });
  }
  std::shared_ptr<const views::ViewSnapshot> wait(
      const std::function<bool(const views::ViewSnapshot&)>& good) {
    for (int i = 0; i < 20'000; ++i) {
      auto snapshot = maintainer->snapshot();
      if (snapshot != nullptr && good(*snapshot)) return snapshot;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::string said;
    for (const auto& view : maintainer->status()) {
      said += view.name + " " + to_text(view.state) + " " + view.reason + "; ";
    }
    FAIL("never came; " << said);
    return nullptr;
  }
  views::ViewStatus status_of(const std::string& name) {
    for (const auto& view : maintainer->status()) {
      if (view.name == name) return view;
    }
    return {};
  }

 private:
  std::unique_ptr<store::Store> store_;
};

}  // namespace leat::test
