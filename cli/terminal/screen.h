// Standard output as a log above a block of lines that is drawn again and again. Where it is no
// terminal there is no block, only the log.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace leat::cli {

// Any thread.
class Screen {
 public:
  Screen();
  ~Screen();  // removes the block
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool is_terminal() const { return is_terminal_; }
  // One line of the log, above the block.
  void print(std::string_view line);
  // Replaces the block; lines longer than the terminal are cut.
  void show(std::vector<std::string> block);

 private:
  void erase_block();
  void draw_block();

  bool is_terminal_;
  std::mutex mutex_;
  std::vector<std::string> block_;
  size_t drawn_lines_ = 0;
};

}  // namespace leat::cli
