#pragma once

namespace leat::cli {

// As in CMakeLists.txt's project(); a test holds the two together.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace leat::cli
