// Three tables, orders, customers and products, how they change, and what their join holds.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/base/hash.h"
#include "log/model/row.h"
#include "log/model/schema.h"
#include "tests/support/random.h"

namespace leat::bench {

inline constexpr int64_t kCustomers = 100'000;
inline constexpr int64_t kProducts = 10'000;
inline constexpr int64_t kOrders = 1'890'000;
inline constexpr int64_t kInserts = kCustomers + kProducts + kOrders;
inline constexpr int64_t kChanges = 1'000'000;

enum class Table : uint8_t { orders, customers, products };
inline constexpr Table kTables[] = {Table::orders, Table::customers, Table::products};

inline const char* topic_of(Table table) {
  constexpr const char* kTopics[] = {"shop.public.orders", "shop.public.customers",
                                     "shop.public.products"};
  return kTopics[static_cast<size_t>(table)];
}

inline Schema schema_of(Table table) {
  const Column id{"id", {TypeId::int64}, false};
  const Column name{"name", {TypeId::text}};
  switch (table) {
    case Table::orders:
      return {{id,
               {"customer_id", {TypeId::int64}},
               {"product_id", {TypeId::int64}},
               {"quantity", {TypeId::int32}},
               {"note", {TypeId::text}}},
              {0}};
    case Table::customers:
      return {{id, name, {"address", {TypeId::text}}}, {0}};
    case Table::products:
      break;
  }
  return {{id, name, {"price", {TypeId::int64}}}, {0}};
}

inline constexpr const char* kViewSql =
    "CREATE MATERIALIZED VIEW order_lines AS "
    "SELECT o.id, c.name AS customer, p.name AS product, o.quantity * p.price AS amount "
    "FROM orders o JOIN customers c ON c.id = o.customer_id JOIN products p ON p.id = o.product_id";

struct Change {
  Table table;
  int64_t id;
  std::string before;  // rows; empty: none
  std::string after;
};

// How many rows there are, and the sum of their hashes.
struct Contents {
  size_t rows = 0;
  size_t row_bytes = 0;
  uint64_t checksum = 0;

  void add(std::string_view row) {
    ++rows;
    row_bytes += row.size();
    checksum += hash64(row);
  }
  friend bool operator==(const Contents&, const Contents&) = default;
};

// The source: its tables as they are, and their next change.
class Shop {
 public:
  // The first kInserts changes: customers, products, then orders, by id.
  Change insert_number(int64_t n) {
    if (n < kCustomers) return {Table::customers, n, "", customer_row(n)};
    n -= kCustomers;
    if (n < kProducts) return {Table::products, n, "", product_row(n)};
    n -= kProducts;
    order(n) = random_order();
    return {Table::orders, n, "", order_row(n)};
  }

  // 85 % updates of orders, 10 % deletes of orders (one that is gone comes back), 5 % updates of
  // customers, each of which changes about 19 rows of the view.
  Change random_change() {
    const size_t dice = random_.below(100);
    if (dice < 5) return rename_customer(random_.between(0, kCustomers - 1));
    const int64_t id = random_.between(0, kOrders - 1);
    std::string before = order(id).deleted ? "" : order_row(id);
    if (dice < 15 && !order(id).deleted) {
      order(id).deleted = true;
      return {Table::orders, id, std::move(before), ""};
    }
    order(id) = random_order();
    return {Table::orders, id, std::move(before), order_row(id)};
  }

  // What the view must hold, in the plainest way.
  Contents expected_view() const {
    const RowType type = {{TypeId::int64}, {TypeId::text}, {TypeId::text}, {TypeId::int64}};
    Contents out;
    for (int64_t id = 0; id < kOrders; ++id) {
      const Order& each = orders_[static_cast<size_t>(id)];
      if (each.deleted) continue;
      const std::string customer = customer_name(each.customer);
      const std::string product = product_name(each.product);
      const Datum values[] = {Datum::of_int(id), Datum::of_bytes(customer),
                              Datum::of_bytes(product),
                              Datum::of_int(each.quantity * price(each.product))};
      out.add(encode(type, values));
    }
    return out;
  }

 private:
  struct Order {
    int64_t customer = 0;
    int64_t product = 0;
    int32_t quantity = 0;
    bool deleted = false;
  };

  static std::string encode(const RowType& type, std::span<const Datum> values) {
    std::string out;
    append_row(type, values, &out);
    return out;
  }
  static std::string product_name(int64_t id) { return fmt::format("product {}", id); }
  static int64_t price(int64_t product) { return 100 + product * 7 % 9'900; }
  std::string customer_name(int64_t id) const {
    return fmt::format("customer {} of version {}", id, versions_[static_cast<size_t>(id)]);
  }

  Order& order(int64_t id) { return orders_[static_cast<size_t>(id)]; }
  Order random_order() {
    return {random_.between(0, kCustomers - 1), random_.between(0, kProducts - 1),
            static_cast<int32_t>(random_.between(1, 9)), false};
  }
  Change rename_customer(int64_t id) {
    std::string before = customer_row(id);
    ++versions_[static_cast<size_t>(id)];
    return {Table::customers, id, std::move(before), customer_row(id)};
  }

  std::string order_row(int64_t id) {
    const Order& each = order(id);
    const Datum values[] = {Datum::of_int(id), Datum::of_int(each.customer),
                            Datum::of_int(each.product), Datum::of_int(each.quantity),
                            Datum::of_bytes("ordered by the usual way")};
    return encode(types_[0], values);
  }
  std::string customer_row(int64_t id) const {
    const std::string name = customer_name(id);
    const Datum values[] = {Datum::of_int(id), Datum::of_bytes(name),
                            Datum::of_bytes("a street in a town")};
    return encode(types_[1], values);
  }
  std::string product_row(int64_t id) const {
    const std::string name = product_name(id);
    const Datum values[] = {Datum::of_int(id), Datum::of_bytes(name), Datum::of_int(price(id))};
    return encode(types_[2], values);
  }

  const RowType types_[3] = {schema_of(Table::orders).row_type(),
                             schema_of(Table::customers).row_type(),
                             schema_of(Table::products).row_type()};
  test::Random random_{7};
  std::vector<uint32_t> versions_ = std::vector<uint32_t>(kCustomers);  // of customers
  std::vector<Order> orders_ = std::vector<Order>(kOrders);
};

}  // namespace leat::bench
