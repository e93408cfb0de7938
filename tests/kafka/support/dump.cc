#include "tests/kafka/support/dump.h"

#include "tests/kafka/support/kafka_jars.h"
#include "tests/kafka/support/listing.h"

namespace leat::test {

Result<Dump> dump_segments(const std::string& class_path, const std::vector<std::string>& files,
                           const std::vector<std::string>& arguments) {
  std::string list;
  for (const std::string& file : files) list += (list.empty() ? "" : ",") + file;
  std::vector<std::string> command = {"kafka.tools.DumpLogSegments", "--files", list};
  command.insert(command.end(), arguments.begin(), arguments.end());
  LEAT_ASSIGN_OR_RETURN(auto output, run_to_end(kafka_command(class_path, "512m", command)));
  Dump dump;
  std::vector<std::string>* of_file = nullptr;
  constexpr std::string_view kStart = "Dumping ";
  constexpr std::string_view kHoles = "Non-consecutive offsets in ";  // listed after all files
  for (std::string& line : split_lines(output)) {
    if (line.starts_with(kStart)) {
      of_file = &dump[line.substr(kStart.size())];
    } else if (line.starts_with(kHoles)) {
      of_file = &dump[line.substr(kHoles.size())];
    } else if (of_file == nullptr) {
      return Error::permanent("DumpLogSegments: " + output.substr(0, 2000));
    } else if (!line.starts_with("Log starting offset: ")) {
      of_file->push_back(std::move(line));
    }
  }
  return dump;
}

}  // namespace leat::test
