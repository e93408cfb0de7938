// A Kafka broker to compare with, driven by Kafka's own performance tools.
#pragma once

#include <memory>
#include <string>

#include "log/base/status.h"
#include "tests/kafka/support/broker.h"

namespace leat::bench {

class KafkaPeer {
 public:
  // A broker that syncs after every append (flush.messages=1); null, with a line that says why,
  // where Kafka or Java is not there.
  static std::unique_ptr<KafkaPeer> start();

  // Produces so many records with acks=all; the records per second.
  Result<double> produce(uint64_t records, size_t record_bytes);
  // Consumes so many of those produced; the records per second, without the time to join.
  Result<double> consume(uint64_t records);

 private:
  KafkaPeer(std::string class_path, std::unique_ptr<test::KafkaBroker> broker)
      : class_path_(std::move(class_path)), broker_(std::move(broker)) {}

  const std::string class_path_;
  std::unique_ptr<test::KafkaBroker> broker_;
};

}  // namespace leat::bench
