// Where the project's own files are, for tests that read them.
#pragma once

#include <filesystem>

namespace leat::test {

// The checkout that this program was built from.
std::filesystem::path source_root();

}  // namespace leat::test
