// One Kafka broker that is its own controller, in a temporary directory, on free ports of
// 127.0.0.1; gone with the object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "tests/support/process.h"

namespace leat::test {

class KafkaBroker {
 public:
  // An empty one, with SETTINGS as further lines of its properties, stopped.
  static Result<std::unique_ptr<KafkaBroker>> create(const std::string& class_path,
                                                     const std::vector<std::string>& settings = {});

  // Starts it and waits until it answers.
  Status start();
  Status stop();
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Makes topics, by writing a record to each; while it runs.
  Status add_topic(const std::string& topic);
  // Puts COPIES of segment files in place of what the partition holds, and forgets all that the
  // broker noted of it: it checks every batch at its next start. While it is stopped.
  Status take_over(const std::string& topic, int32_t partition,
                   const std::vector<std::string>& segments);

  // The tail of what it printed.
  std::string output() const;

 private:
  explicit KafkaBroker(std::string class_path);

  const std::string class_path_;
  TempDir dir_;
  int port_;
  std::optional<Process> process_;
};

// All that kcat reads of a partition, one record after the other, as FORMAT says.
Result<std::string> kcat_read(const std::string& address, const std::string& topic,
                              int32_t partition, const std::string& format);
// The offset behind the last record, as the broker tells it.
Result<int64_t> kcat_end_offset(const std::string& address, const std::string& topic,
                                int32_t partition);

}  // namespace leat::test
