#include "tests/whole/support/bank.h"

#include <chrono>

namespace leat::test {
namespace {

using Random = std::mt19937_64;

int64_t pick(Random& random, int64_t from, int64_t to) {
  return std::uniform_int_distribution<int64_t>(from, to)(random);
}

std::string text(int64_t number) {
  return std::to_string(number);
}

// About 6 KB that do not compress: stored out of line, and not sent when unchanged.
const char* const kLargeNote =
    "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 190))";

std::string any_account(Random& random) {
  return "(SELECT id FROM accounts WHERE id >= " + text(pick(random, 0, 400)) +
         " ORDER BY id LIMIT 1)";
}
std::string any_vault(Random& random) {
  return "(SELECT id FROM vaults WHERE id >= " + text(pick(random, 0, 30)) +
         " ORDER BY id LIMIT 1)";
}

// Moves an amount from an account to a vault; nothing where either is missing.
std::string move_money(Random& random) {
  std::string amount = text(pick(random, -50, 50));
  return "WITH a AS MATERIALIZED " + any_account(random) + ", v AS MATERIALIZED " +
         any_vault(random) + ", taken AS (UPDATE accounts SET balance = balance - " + amount +
         " WHERE id = (SELECT id FROM a) AND EXISTS (SELECT FROM v) RETURNING 1)"
         " UPDATE vaults SET amount = amount + " +
         amount + " WHERE id = (SELECT id FROM v) AND EXISTS (SELECT FROM taken)";
}

std::string open_account(Random& random) {
  std::string note =
      pick(random, 0, 3) == 0 ? kLargeNote : "'small " + text(pick(random, 0, 99)) + "'";
  return "INSERT INTO accounts SELECT " + text(pick(random, 0, 500)) + ", " +
         text(pick(random, 1, 8)) + ", " + text(pick(random, 1, 30)) + ", 0, " + note +
         ", now() ON CONFLICT (id) DO NOTHING";
}

// The balance goes to a vault in the same statement.
std::string close_account(Random& random) {
  return "WITH v AS MATERIALIZED " + any_vault(random) +
         ", gone AS (DELETE FROM accounts WHERE id = " + any_account(random) +
         " AND EXISTS (SELECT FROM v) RETURNING balance)"
         " UPDATE vaults SET amount = amount + (SELECT balance FROM gone)"
         " WHERE id = (SELECT id FROM v) AND EXISTS (SELECT FROM gone)";
}

std::string change_account_key(Random& random) {
  std::string to = text(pick(random, 0, 500));
  return "UPDATE accounts SET id = " + to + " WHERE id = " + any_account(random) +
         " AND NOT EXISTS (SELECT FROM accounts WHERE id = " + to + ")";
}

std::string change_note(Random& random) {
  std::string note = pick(random, 0, 1) == 0 ? std::string(kLargeNote) : "NULL";
  return "UPDATE accounts SET note = " + note + " WHERE id = " + any_account(random);
}

std::string move_branch(Random& random) {
  return "UPDATE accounts SET branch_id = " + text(pick(random, 1, 8)) + ", vault_id = " +
         (pick(random, 0, 3) == 0 ? std::string("NULL") : text(pick(random, 1, 30))) +
         " WHERE id BETWEEN " + text(pick(random, 0, 300)) + " AND " + text(pick(random, 300, 320));
}

std::string rename_branch(Random& random) {
  return "UPDATE branches SET name = 'branch " + text(pick(random, 0, 999)) +
         "' WHERE id = " + text(pick(random, 1, 8));
}

std::string change_vault_key(Random& random) {
  std::string to = text(pick(random, 1, 30));
  return "UPDATE vaults SET id = " + to + " WHERE id = " + any_vault(random) +
         " AND NOT EXISTS (SELECT FROM vaults WHERE id = " + to + ")";
}

std::string add_vault(Random& random) {
  return "INSERT INTO vaults VALUES (" + text(pick(random, 1, 30)) +
         ", 0, 'v') ON CONFLICT (id) DO NOTHING";
}

// All vaults go at once; what they held is put into a new one, in the same transaction.
std::string truncate_vaults(Random& random) {
  return "LOCK TABLE vaults IN ACCESS EXCLUSIVE MODE;"
         "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT coalesce(sum(amount), 0) AS held FROM "
         "vaults;"
         "TRUNCATE vaults;"
         "INSERT INTO vaults SELECT " +
         text(pick(random, 1, 30)) + ", held, 'after truncate' FROM kept";
}

// Undone part of a transaction: its changes must not show.
std::string undone(Random& random) {
  return "SAVEPOINT s;" + move_money(random) +
         ";UPDATE accounts SET balance = balance + 1 WHERE id < 20;" + "ROLLBACK TO s";
}

std::string statement(Random& random) {
  switch (pick(random, 0, 16)) {
    case 0:
      return open_account(random);
    case 1:
      return close_account(random);
    case 2:
      return change_account_key(random);
    case 3:
      return change_note(random);
    case 4:
      return move_branch(random);
    case 5:
      return rename_branch(random);
    case 6:
      return change_vault_key(random);
    case 7:
      return add_vault(random);
    case 8:
      return undone(random);
    default:
      return move_money(random);
  }
}

std::string transaction(Random& random) {
  // REPEATABLE READ, so that a statement never works on rows that changed under it; the lock of a
  // truncating transaction comes before its snapshot.
  std::string sql = "BEGIN ISOLATION LEVEL REPEATABLE READ;";
  if (pick(random, 0, 400) == 0) sql += truncate_vaults(random) + ";";
  for (int64_t i = pick(random, 1, 6); i > 0; --i) sql += statement(random) + ";";
  return sql + (pick(random, 0, 20) == 0 ? "ROLLBACK" : "COMMIT");
}

}  // namespace

Status create_bank(PostgresClient& client, int account_count) {
  LEAT_RETURN_IF_ERROR(client.execute(
      "CREATE TABLE branches (id int PRIMARY KEY, name text NOT NULL);"
      "CREATE TABLE accounts (id int PRIMARY KEY, branch_id int NOT NULL, vault_id int,"
      "  balance bigint NOT NULL, note text, changed timestamptz NOT NULL);"
      "CREATE TABLE vaults (id int PRIMARY KEY, amount numeric(20,2) NOT NULL, label text);"
      "ALTER TABLE vaults REPLICA IDENTITY FULL;"
      "CREATE TABLE marks (id int PRIMARY KEY, n bigint NOT NULL);"
      "INSERT INTO marks VALUES (1, 0);"
      "INSERT INTO branches SELECT i, 'branch ' || i FROM generate_series(1, 8) i;"
      "INSERT INTO vaults SELECT i, 0, 'v' FROM generate_series(1, 30) i"));
  LEAT_RETURN_IF_ERROR(
      client.execute("INSERT INTO accounts SELECT i, 1 + i % 8, 1 + i % 30, 0,"
                     " CASE WHEN i % 5 = 0 THEN repeat(md5(i::text), 100) END, now()"
                     " FROM generate_series(1, " +
                     text(account_count) + ") i"));
  return client.execute("UPDATE accounts SET balance = " + text(kBankTotal) + " WHERE id = 1");
}

BankWriters::BankWriters(std::string uri, int thread_count, uint64_t seed) : uri_(std::move(uri)) {
  for (int i = 0; i < thread_count; ++i) {
    threads_.emplace_back([this, seed, i] { write(seed * 1000 + static_cast<uint64_t>(i)); });
  }
}

void BankWriters::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void BankWriters::write(uint64_t seed) {
  Random random(seed);
  while (!stopping_) {
    auto client = PostgresClient::connect(uri_);
    if (client.ok()) (void)(*client)->execute("SET deadlock_timeout = '10ms'");
    while (client.ok() && !stopping_) {
      Status done = (*client)->execute(transaction(random));
      if (done.ok())
        ++transactions_;
      else if (!(*client)->execute("ROLLBACK").ok())
        break;
      std::this_thread::sleep_for(std::chrono::milliseconds(pick(random, 0, 4)));
    }
  }
}

}  // namespace leat::test
