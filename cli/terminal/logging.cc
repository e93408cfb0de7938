#include "cli/terminal/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>

#include "cli/text/printable.h"

namespace leat::cli {
namespace {

class ScreenSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ScreenSink(Screen& screen) : screen_(screen) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string text = printable({message.payload.data(), message.payload.size()});
    spdlog::details::log_msg shown = message;
    shown.payload = text;
    spdlog::memory_buf_t line;
    formatter_->format(shown, line);
    screen_.print({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  Screen& screen_;
};

// "warning: " and the like; nothing for what merely informs.
class LevelFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    if (message.level < spdlog::level::warn) return;
    auto name = spdlog::level::to_string_view(message.level);
    out.append(name.data(), name.data() + name.size());
    out.append(std::string_view(": "));
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<LevelFlag>();
  }
};

}  // namespace

void start_logging(Screen& screen) {
  // No newline of its own: the screen ends lines.
  auto formatter =
      std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::local, "");
  formatter->add_flag<LevelFlag>('*').set_pattern(
      screen.is_terminal() ? "%H:%M:%S %*%v" : "%Y-%m-%d %H:%M:%S.%e %*%v");
  auto sink = std::make_shared<ScreenSink>(screen);
  sink->set_formatter(std::move(formatter));
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("leat", std::move(sink)));
}

void log_warnings_only() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_pattern("%l: %v");
  sink->set_level(spdlog::level::warn);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("leat", std::move(sink)));
}

void stop_logging() {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("leat"));
}

}  // namespace leat::cli
