#include "tests/kafka/support/kafka_jars.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/source_root.h"

namespace leat::test {
namespace {

namespace fs = std::filesystem;

Status check_tool(const std::string& tool) {
  auto ran =
      run_to_end({.argv = {tool, "-version"}, .environment = {}, .output_path = {}, .user = {}});
  if (ran.ok()) return Ok{};
  return Error::permanent(tool +
                          " does not run (./dev setup installs it): " + ran.error().message());
}

// Renamed when it is whole, so that what is there is whole.
Status fetch(const fs::path& jars) {
  fs::create_directories(jars.parent_path());
  std::string fresh = jars.string() + "." + std::to_string(::getpid());
  auto ran = run_to_end({.argv = {"mvn", "-q", "-B", "-f", source_root() / "tests/kafka/pom.xml",
                                  "dependency:copy-dependencies", "-DincludeScope=runtime",
                                  "-DoutputDirectory=" + fresh},
                         .environment = {},
                         .output_path = {},
                         .user = {}});
  std::error_code error;
  if (ran.ok()) fs::rename(fresh, jars, error);
  fs::remove_all(fresh, error);
  if (fs::exists(jars)) return Ok{};  // also by another process meanwhile
  return Error::permanent("Kafka's jars cannot be fetched: " + ran.error().message());
}

}  // namespace

Result<std::string> kafka_class_path() {
  const char* given = std::getenv("LEAT_KAFKA_JARS");
  fs::path jars = given != nullptr ? fs::path(given) : source_root() / "build/kafka/jars";
  LEAT_RETURN_IF_ERROR(check_tool("java"));
  if (fs::exists(jars)) return jars.string() + "/*";
  LEAT_RETURN_IF_ERROR(check_tool("mvn"));
  LEAT_RETURN_IF_ERROR(fetch(jars));
  return jars.string() + "/*";
}

ProcessOptions kafka_command(const std::string& class_path, const std::string& heap,
                             const std::vector<std::string>& arguments) {
  fs::path logging = source_root() / "tests/kafka/log4j.properties";
  ProcessOptions options;
  options.argv = {"java",
                  "-Xmx" + heap,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Dfile.encoding=UTF-8",
                  "-Dlog4j.configuration=file:" + logging.string(),
                  "-cp",
                  class_path};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  return options;
}

}  // namespace leat::test
