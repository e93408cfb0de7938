#include "bench/kafka/kafka_peer.h"

#include <spdlog/fmt/fmt.h>

#include <cstdlib>

#include "tests/kafka/support/kafka_jars.h"
#include "tests/kafka/support/listing.h"

namespace leat::bench {
namespace {

constexpr char kTopic[] = "peer";

}  // namespace

std::unique_ptr<KafkaPeer> KafkaPeer::start() {
  auto class_path = test::kafka_class_path();
  auto broker = class_path.ok()
                    ? test::KafkaBroker::create(*class_path, {"log.flush.interval.messages=1"})
                    : class_path.error();
  Status started = broker.ok() ? (*broker)->start() : Status(broker.error());
  if (started.ok()) {
    return std::unique_ptr<KafkaPeer>(new KafkaPeer(*class_path, std::move(*broker)));
  }
  fmt::print("without Kafka to compare with: {}\n", started.error().message());
  return nullptr;
}

// Its last line: "200000 records sent, 12345.6 records/sec (11.77 MB/sec), …".
Result<double> KafkaPeer::produce(uint64_t records, size_t record_bytes) {
  LEAT_ASSIGN_OR_RETURN(
      auto output,
      test::run_to_end(test::kafka_command(
          class_path_, "512m",
          {"org.apache.kafka.tools.ProducerPerformance", "--topic", kTopic, "--num-records",
           std::to_string(records), "--record-size", std::to_string(record_bytes), "--throughput",
           "-1", "--producer-props", "bootstrap.servers=" + broker_->address(), "acks=all"})));
  size_t end = output.rfind(" records/sec");
  size_t begin = end == std::string::npos ? end : output.rfind(' ', end - 1);
  if (begin == std::string::npos) return Error::permanent("ProducerPerformance: " + output);
  return std::strtod(output.c_str() + begin, nullptr);
}

// Its last line, comma-separated, ends in: fetch.MB.sec, fetch.nMsg.sec.
Result<double> KafkaPeer::consume(uint64_t records) {
  LEAT_ASSIGN_OR_RETURN(auto output, test::run_to_end(test::kafka_command(
                                         class_path_, "512m",
                                         {"org.apache.kafka.tools.ConsumerPerformance",
                                          "--bootstrap-server", broker_->address(), "--topic",
                                          kTopic, "--messages", std::to_string(records)})));
  std::vector<std::string> lines = test::split_lines(output);
  size_t comma = lines.empty() ? std::string::npos : lines.back().rfind(',');
  if (comma == std::string::npos) return Error::permanent("ConsumerPerformance: " + output);
  return std::strtod(lines.back().c_str() + comma + 1, nullptr);
}

}  // namespace leat::bench
