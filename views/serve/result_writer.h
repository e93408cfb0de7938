// Rows as the messages of a result: the formats that the client asked for, the columns' types, and
// a bounded buffer towards the client.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/model/datum.h"
#include "views/serve/pg_messages.h"
#include "views/sql/sql.h"

namespace leat::views::serve {

// Bytes on their way to a client: written when they pass a bound, so that a long result needs no
// more room than that. After an error nothing more is written, and failed() says so.
class OutputBuffer {
 public:
  using Write = std::function<Status(std::string_view)>;
  explicit OutputBuffer(Write write) : write_(std::move(write)) {}

  std::string* bytes() { return &bytes_; }
  void flush_when_full() {
    if (bytes_.size() >= kBytesMax) flush();
  }
  void flush();
  bool failed() const { return failed_; }

 private:
  static constexpr size_t kBytesMax = 64 << 10;

  Write write_;
  std::string bytes_;
  bool failed_ = false;
};

// FORMATS as in Bind: none (all text), one for all, or one each.
pg::Format format_of(const std::vector<pg::Format>& formats, size_t index);

void append_row_description(const std::vector<sql::OutputColumn>& columns,
                            const std::vector<pg::Format>& formats, std::string* out);

void append_data_row(const std::vector<sql::OutputColumn>& columns,
                     const std::vector<pg::Format>& formats, std::span<const Datum> values,
                     std::string* out);

}  // namespace leat::views::serve
