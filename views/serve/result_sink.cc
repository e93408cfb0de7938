#include "views/serve/result_sink.h"

#include <spdlog/fmt/fmt.h>

namespace leat::views::serve {

std::string complete_tag(std::string_view tag, uint64_t rows) {
  return tag == "SELECT" ? fmt::format("SELECT {}", rows) : std::string(tag);
}

ResultSink::ResultSink(OutputBuffer& output, const std::vector<pg::Format>& formats, bool describe)
    : output_(output), formats_(formats), describe_(describe) {}

ResultSink::ResultSink(OutputBuffer& output, const std::vector<pg::Format>& formats,
                       std::deque<std::string>* store, size_t bytes_max)
    : output_(output), formats_(formats), store_(store), bytes_max_(bytes_max) {}

void ResultSink::columns(const std::vector<sql::OutputColumn>& columns) {
  columns_ = columns;
  if (describe_) append_row_description(columns_, formats_, output_.bytes());
}

bool ResultSink::row(std::span<const Datum> values) {
  ++rows_;
  if (store_ != nullptr) return keep(values);
  append_data_row(columns_, formats_, values, output_.bytes());
  output_.flush_when_full();
  return !output_.failed();
}

bool ResultSink::keep(std::span<const Datum> values) {
  std::string encoded;
  append_data_row(columns_, formats_, values, &encoded);
  bytes_ += encoded.size();
  store_->push_back(std::move(encoded));
  full_ = bytes_ > bytes_max_;
  return !full_;
}

}  // namespace leat::views::serve
