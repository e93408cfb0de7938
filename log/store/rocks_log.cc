#include "log/store/rocks_log.h"

#include <rocksdb/env.h>

#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <mutex>

namespace leat::store {
namespace {

class RocksLog final : public rocksdb::Logger {
 public:
  explicit RocksLog(const std::string& path) : file_(path, std::ios::app) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char line[kLineBytesMax];
    std::vsnprintf(line, sizeof line, format, arguments);
    const std::time_t now = std::time(nullptr);
    std::tm time{};
    std::lock_guard lock(mutex_);
    file_.clear();  // of a failure before
    file_ << std::put_time(gmtime_r(&now, &time), "%F %T ") << line << std::endl;
  }

  // All options at each opening, which the OPTIONS files hold as well.
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}

 private:
  static constexpr size_t kLineBytesMax = 4096;

  std::mutex mutex_;
  std::ofstream file_;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> make_rocks_log(const std::string& path) {
  return std::make_shared<RocksLog>(path);
}

}  // namespace leat::store
