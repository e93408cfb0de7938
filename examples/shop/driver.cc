// The shop's customers: a steady stream of small transactions until SIGTERM.
//
//   shop_driver URI [TRANSACTIONS_PER_SECOND]
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "examples/shop/database.h"

namespace {

using Clock = std::chrono::steady_clock;

volatile sig_atomic_t stop_asked = 0;

class Shop {
 public:
  explicit Shop(shop::Database* database) : database_(database), random_(std::random_device{}()) {}

  // One transaction of a random kind: of ten, five orders, two changed ones, one cancelled, one new
  // price, one customer who moves house.
  bool trade() {
    switch (number(0, 9)) {
      case 5:
      case 6:
        return run("UPDATE orders SET quantity = 1 + quantity % 9 WHERE id = " + order());
      case 7:
        return run("DELETE FROM orders WHERE id = " + order());
      case 8:
        return run("UPDATE products SET price = round(price * (90 + " + text(0, 20) +
                   ") / 100 + 0.01, 2) WHERE id = " + text(1, 1000));
      case 9:
        return run(
            "UPDATE customers SET city = CASE city WHEN 'Lyon' THEN 'Porto' ELSE 'Lyon' END "
            "WHERE id = " +
            text(1, 10000));
      default:
        return buy();
    }
  }

 private:
  int number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  std::string text(int from, int to) { return std::to_string(number(from, to)); }
  std::string order() { return text(1, 100000 + bought_); }

  // A basket of one to three lines, in one transaction.
  bool buy() {
    std::string sql = "INSERT INTO orders (customer_id, product_id, quantity) VALUES ";
    std::string customer = text(1, 10000);
    int lines = number(1, 3);
    for (int i = 0; i < lines; ++i) {
      sql += (i == 0 ? "(" : ", (") + customer + ", " + text(1, 1000) + ", " + text(1, 5) + ")";
    }
    bought_ += lines;
    return run(sql);
  }

  bool run(const std::string& sql) { return database_->run(sql); }

  shop::Database* database_;
  std::mt19937_64 random_;
  int bought_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: shop_driver URI [TRANSACTIONS_PER_SECOND]\n");
    return 2;
  }
  signal(SIGTERM, [](int) { stop_asked = 1; });
  signal(SIGINT, [](int) { stop_asked = 1; });
  const int rate = argc > 2 ? std::max(1, std::atoi(argv[2])) : 500;
  auto database = shop::connect(argv[1]);
  if (database == nullptr) return 1;
  Shop shop(database.get());
  // Each transaction has its time; one that comes late does not make the others late.
  auto due = Clock::now();
  for (long done = 0; stop_asked == 0; ++done) {
    if (!shop.trade()) return 1;
    due += std::chrono::nanoseconds(1'000'000'000 / rate);
    std::this_thread::sleep_until(due);
  }
  return 0;
}
