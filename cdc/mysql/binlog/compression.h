// What the servers compress: MariaDB's events and columns (zlib), MySQL's transactions (zstd).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// The body of a MariaDB compressed event into OUT, which it replaces. At most BYTES_MAX come out.
// log_event.cc of MariaDB, binlog_buf_uncompress
Status uncompress_event(std::string_view bytes, uint64_t bytes_max, std::string* out);

// The value of a MariaDB COMPRESSED column appended to OUT.
// sql/field.cc of MariaDB, Field_longstr::uncompress
Status uncompress_column(std::string_view bytes, uint64_t bytes_max, std::string* out);

// The events of a transaction payload, one by one, in memory bounded by the largest of them.
class PayloadReader {
 public:
  // PAYLOAD's bytes must outlive it.
  explicit PayloadReader(const TransactionPayload& payload);
  ~PayloadReader();
  PayloadReader(PayloadReader&&) noexcept;
  PayloadReader& operator=(PayloadReader&&) noexcept;

  // The next whole event, alive until the next call; empty at the end.
  Result<std::string_view> next();

 private:
  struct Stream;
  Status fill(size_t size);

  std::unique_ptr<Stream> stream_;  // none where nothing is compressed
  std::string_view input_;
  uint64_t bytes_left_;  // that have not come out yet
  std::string buffer_;
  size_t event_size_ = 0;  // of the event handed out last, at the front of buffer_
};

}  // namespace leat::cdc::mysql
