#include "tests/kafka/support/broker.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/kafka/support/kafka_jars.h"

namespace leat::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kStartLongest = 90s;
// Any 16 bytes in base64.
constexpr char kClusterId[] = "MkU3OEVBNTcwNTJENDM2Qk";

std::string properties(const std::string& dir, int port, int controller_port,
                       const std::vector<std::string>& settings) {
  std::ostringstream out;
  std::string controller = "127.0.0.1:" + std::to_string(controller_port);
  std::string listener = "PLAINTEXT://127.0.0.1:" + std::to_string(port);
  out << "process.roles=broker,controller\nnode.id=1\n"
      << "controller.quorum.voters=1@" << controller << "\n"
      << "listeners=" << listener << ",CONTROLLER://" << controller << "\n"
      << "advertised.listeners=" << listener << "\n"
      << "controller.listener.names=CONTROLLER\n"
      << "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n"
      << "log.dirs=" << dir << "/data\n"
      << "num.partitions=2\n"
      << "offsets.topic.replication.factor=1\noffsets.topic.num.partitions=1\n"
      << "transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n"
      << "group.initial.rebalance.delay.ms=0\n"
      // What Leat wrote is not the broker's to delete or to compact.
      << "log.retention.ms=-1\nlog.cleaner.enable=false\nmessage.max.bytes=10000000\n";
  for (const std::string& setting : settings) out << setting << "\n";
  return out.str();
}

Result<std::string> run(std::vector<std::string> argv) {
  return run_to_end({.argv = std::move(argv), .environment = {}, .output_path = {}, .user = {}});
}

}  // namespace

KafkaBroker::KafkaBroker(std::string class_path)
    : class_path_(std::move(class_path)), port_(free_port()) {}

Result<std::unique_ptr<KafkaBroker>> KafkaBroker::create(const std::string& class_path,
                                                         const std::vector<std::string>& settings) {
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker(class_path));
  std::string file = broker->dir_ / "server.properties";
  std::ofstream(file) << properties(broker->dir_.path(), broker->port_, free_port(), settings);
  LEAT_RETURN_IF_ERROR(run_to_end(kafka_command(
      class_path, "256m", {"kafka.tools.StorageTool", "format", "-t", kClusterId, "-c", file})));
  return broker;
}

Status KafkaBroker::start() {
  ProcessOptions options =
      kafka_command(class_path_, "512m", {"kafka.Kafka", dir_ / "server.properties"});
  options.output_path = dir_ / "output";
  LEAT_ASSIGN_OR_RETURN(process_, Process::start(options));
  auto end = std::chrono::steady_clock::now() + kStartLongest;
  while (process_->running() && std::chrono::steady_clock::now() < end) {
    if (run({"kcat", "-b", address(), "-L", "-m", "2", "-X", "log_level=0"}).ok()) return Ok{};
    std::this_thread::sleep_for(200ms);
  }
  return Error::permanent("the Kafka broker does not answer: " + output());
}

Status KafkaBroker::stop() {
  process_->signal(SIGTERM);
  bool ended = process_->wait(60s).has_value();
  process_.reset();
  return ended ? Status() : Status(Error::permanent("the Kafka broker does not stop: " + output()));
}

Status KafkaBroker::add_topic(const std::string& topic) {
  std::string file = dir_ / "record";
  std::ofstream(file) << "first\n";
  return run({"kcat", "-b", address(), "-P", "-t", topic, "-p", "0", "-l", file}).ok()
             ? Status()
             : Status(Error::permanent("the topic " + topic + " cannot be made: " + output()));
}

Status KafkaBroker::take_over(const std::string& topic, int32_t partition,
                              const std::vector<std::string>& segments) {
  fs::path data = fs::path(dir_ / "data");
  for (const char* note :
       {"recovery-point-offset-checkpoint", "replication-offset-checkpoint",
        "log-start-offset-checkpoint", "cleaner-offset-checkpoint", ".kafka_cleanshutdown"}) {
    fs::remove(data / note);
  }
  fs::path dir = data / (topic + "-" + std::to_string(partition));
  if (!fs::exists(dir)) return Error::permanent("the broker has no " + dir.string());
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().filename() != "partition.metadata") fs::remove(entry.path());
  }
  for (const std::string& segment : segments) {
    fs::copy_file(segment, dir / fs::path(segment).filename());
  }
  return Ok{};
}

std::string KafkaBroker::output() const {
  std::ifstream file(dir_ / "output");
  std::stringstream text;
  text << file.rdbuf();
  constexpr size_t kTail = 3000;
  std::string all = text.str();
  return all.substr(all.size() - std::min(all.size(), kTail));
}

Result<std::string> kcat_read(const std::string& address, const std::string& topic,
                              int32_t partition, const std::string& format) {
  return run({"kcat", "-q", "-C", "-b", address, "-t", topic, "-p", std::to_string(partition), "-o",
              "beginning", "-e", "-X", "check.crcs=true", "-f", format});
}

Result<int64_t> kcat_end_offset(const std::string& address, const std::string& topic,
                                int32_t partition) {
  std::string which = topic + ":" + std::to_string(partition);
  LEAT_ASSIGN_OR_RETURN(auto text, run({"kcat", "-Q", "-b", address, "-t", which + ":-1"}));
  size_t at = text.rfind(' ');
  if (at == std::string::npos) return Error::permanent("kcat -Q: " + text);
  return std::strtoll(text.c_str() + at, nullptr, 10);
}

}  // namespace leat::test
