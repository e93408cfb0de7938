// Where a session's rows become messages: for the client at once, or kept for a portal that the
// client fetches in pieces.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "views/serve/result_writer.h"
#include "views/serve/statement_executor.h"

namespace leat::views::serve {

// "SELECT" becomes "SELECT 3"; other tags have no count.
std::string complete_tag(std::string_view tag, uint64_t rows);

class ResultSink final : public RowSink {
 public:
  // To the client. DESCRIBE: a RowDescription goes before the rows (simple queries).
  ResultSink(OutputBuffer& output, const std::vector<pg::Format>& formats, bool describe);
  // Into STORE, until that would hold more than BYTES_MAX.
  ResultSink(OutputBuffer& output, const std::vector<pg::Format>& formats,
             std::deque<std::string>* store, size_t bytes_max);

  void columns(const std::vector<sql::OutputColumn>& columns) override;
  bool row(std::span<const Datum> values) override;

  std::string complete_tag(std::string_view tag) const { return serve::complete_tag(tag, rows_); }
  // The store's bound was passed: the result is not whole.
  bool full() const { return full_; }

 private:
  bool keep(std::span<const Datum> values);

  OutputBuffer& output_;
  const std::vector<pg::Format>& formats_;
  bool describe_ = false;
  std::deque<std::string>* store_ = nullptr;
  size_t bytes_max_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
  uint64_t rows_ = 0;
  std::vector<sql::OutputColumn> columns_;
};

}  // namespace leat::views::serve
