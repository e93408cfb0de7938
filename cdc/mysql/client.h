// A connection for queries: the one place that speaks MySQL Connector/C++, to MySQL and MariaDB
// alike. (The binlog comes through connection.h.) Its exceptions end here.
//
// Text comes as it is stored, in each column's own character set: the server converts nothing
// (character_set_results = NULL), so that a snapshot's text goes through the same converters as the
// binlog's, and bytes that are no text are an error instead of a `?`. Names and messages are UTF-8.
// Times are UTC.
//
// Errors are classified as connection.h's are. What waits for the server ends with a transient
// error after kAnswerTimeout without a byte from it. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/connection.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

class Client {
 public:
  static constexpr std::chrono::seconds kAnswerTimeout{60};

  // STOP must outlive it.
  static Result<std::unique_ptr<Client>> open(const ConnectOptions& options,
                                              const StopSignal* stop);
  ~Client();

  Flavour flavour() const;
  // "10.11.19"; 101119
  const std::string& version() const;
  uint32_t version_number() const;
  // "MariaDB 10.11.19 at localhost:3306"
  std::string server() const;

  Result<std::vector<TextRow>> query(const std::string& sql);
  Status execute(const std::string& sql);

  // Runs SQL and calls ROW with each row as it arrives, until it fails or the stop signal is
  // raised; then the server is told to stop sending. The values live until ROW returns.
  using Values = std::span<const std::optional<std::string_view>>;
  using RowVisitor = std::function<Status(Values)>;
  Status stream(const std::string& sql, const RowVisitor& row);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  Status prepare_session();
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::cdc::mysql
