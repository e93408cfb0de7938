#include "cli/terminal/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace leat::cli {
namespace {

size_t terminal_columns() {
  struct winsize size {};
  bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

// The first COLUMNS code points.
std::string_view cut_off(std::string_view text, size_t columns) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts && ++width > columns) return text.substr(0, i);
  }
  return text;
}

void write_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

}  // namespace

Screen::Screen() : is_terminal_(::isatty(STDOUT_FILENO) == 1) {}

Screen::~Screen() {
  show({});
}

void Screen::print(std::string_view line) {
  std::lock_guard lock(mutex_);
  erase_block();
  write_line(line);
  draw_block();
  std::fflush(stdout);
}

void Screen::show(std::vector<std::string> block) {
  if (!is_terminal_) return;
  std::lock_guard lock(mutex_);
  erase_block();
  block_ = std::move(block);
  draw_block();
  std::fflush(stdout);
}

void Screen::erase_block() {
  if (drawn_lines_ > 0) std::printf("\033[%zuA\033[J", drawn_lines_);
  drawn_lines_ = 0;
}

void Screen::draw_block() {
  size_t columns = terminal_columns();
  for (const std::string& line : block_) write_line(cut_off(line, columns));
  drawn_lines_ = block_.size();
}

}  // namespace leat::cli
