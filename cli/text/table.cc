#include "cli/text/table.h"

#include <algorithm>

#include "cli/text/printable.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

using Row = std::vector<std::string>;

std::vector<size_t> widths_of(const Row& header, const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const std::string& cell : header) widths.push_back(display_width(cell));
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  return widths;
}

void append_line(const Row& row, const std::vector<size_t>& widths, const std::vector<Align>& align,
                 std::string* out) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += "  ";
    bool right = i < align.size() && align[i] == Align::right;
    if (right) line.append(widths[i] - display_width(row[i]), ' ');
    line += right ? row[i] : padded(row[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  *out += line + "\n";
}

std::vector<Row> printable_rows(const std::vector<Row>& texts) {
  std::vector<Row> rows = texts;
  for (Row& row : rows) {
    for (std::string& cell : row) cell = printable(cell);
  }
  return rows;
}

}  // namespace

std::string aligned_table(const Row& header, const std::vector<Row>& texts,
                          const std::vector<Align>& align) {
  std::vector<Row> rows = printable_rows(texts);
  std::vector<size_t> widths = widths_of(header, rows);
  std::string out;
  append_line(header, widths, align, &out);
  for (const Row& row : rows) append_line(row, widths, align, &out);
  return out;
}

}  // namespace leat::cli
