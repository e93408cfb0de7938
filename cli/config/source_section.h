// A source in leat.yaml.
#pragma once

#include <string>
#include <string_view>

#include "cli/config/config.h"
#include "cli/config/config_section.h"
#include "log/base/status.h"

namespace leat::cli {

bool is_source_name(std::string_view name);

// SECTION is the source NAME; its keys are known ones. Relative paths count from DIR.
Result<SourceConfig> read_source(const ConfigSection& section, const std::string& name,
                                 const std::string& dir);

// PATH as seen from DIR.
std::string resolved(const std::string& dir, const std::string& path);

}  // namespace leat::cli
