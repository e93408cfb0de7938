// The servers' character sets, to UTF-8.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// The character set of a collation's number ("latin1" of 8; information_schema.collations of both
// servers): MariaDB's numbers above 1024 included. Null where the number is not known.
const char* charset_of_collation(uint32_t collation);

// Converts text of one character set. One thread.
class CharsetConverter {
 public:
  // CHARSET as the server names it. An error where it is not one of text ("binary") or not known.
  static Result<std::unique_ptr<CharsetConverter>> create(std::string_view charset);
  virtual ~CharsetConverter() = default;

  // The text's own bytes where they are UTF-8 already: nothing needs to be copied then.
  virtual bool is_utf8() const { return false; }
  // Appends TEXT as UTF-8. Bytes that are no character of the set are a permanent error that names
  // the first of them: the server would print `?`, which is not what is stored.
  virtual Status append(std::string_view text, std::string* out) = 0;
};

}  // namespace leat::cdc::mysql
