#include <spdlog/fmt/fmt.h>

#include "views/sql/sql.h"

namespace leat::views::sql {

std::string describe(const SqlError& error, std::string_view file, std::string_view text) {
  std::string place(file);
  if (error.offset >= 0) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < static_cast<size_t>(error.offset) && i < text.size(); ++i) {
      if (text[i] == '\n') {
        ++line;
        column = 1;
      } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
        ++column;
      }
    }
    place += fmt::format(":{}:{}", line, column);
  }
  if (error.hint.empty()) return fmt::format("{}: {}", place, error.message);
  // PostgreSQL's hints are whole sentences.
  const char* between = error.hint.ends_with('.') ? ". " : "; ";
  return fmt::format("{}: {}{}{}", place, error.message, between, error.hint);
}

}  // namespace leat::views::sql
