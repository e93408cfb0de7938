#include "cli/terminal/work_progress.h"

#include <cstdio>

#include "cli/text/progress.h"

namespace leat::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kBarEvery = 100ms;
constexpr auto kLineEvery = 5s;
constexpr uint64_t kBytesPerMb = 1 << 20;

}  // namespace

WorkProgress::WorkProgress(std::string name)
    : name_(std::move(name)), started_at_(std::chrono::steady_clock::now()) {
  shown_at_ = started_at_;
}

void WorkProgress::update(uint64_t bytes_done, uint64_t bytes_total, const std::string& detail) {
  auto now = std::chrono::steady_clock::now();
  if (bytes_done < bytes_before_) started_at_ = now;
  bytes_before_ = bytes_done;
  if (now - shown_at_ < (screen_.is_terminal() ? kBarEvery : kLineEvery)) return;
  shown_at_ = now;
  ProgressItem item;
  item.owner = "log";
  item.name = name_;
  item.detail = detail;
  item.unit = "MB";
  item.done = bytes_done / kBytesPerMb;
  item.total = bytes_total / kBytesPerMb;
  double seconds = std::chrono::duration<double>(now - started_at_).count();
  item.per_second = static_cast<double>(bytes_done) / kBytesPerMb / seconds;
  if (screen_.is_terminal()) {
    screen_.show(progress_bars({item}));
  } else {
    std::fprintf(stderr, "%s\n", progress_line(item).c_str());
  }
}

}  // namespace leat::cli
