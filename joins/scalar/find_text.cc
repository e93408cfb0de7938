#include "joins/scalar/find_text.h"

#include <cstring>

namespace leat::joins {

// string_view::find compares the needle at each place where its first byte is; memmem is the
// two-way algorithm (Crochemore and Perrin, 1991).
size_t find_text(std::string_view text, std::string_view needle) {
  if (needle.empty()) return 0;
  if (text.empty()) return std::string_view::npos;
  const void* found = ::memmem(text.data(), text.size(), needle.data(), needle.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace leat::joins
