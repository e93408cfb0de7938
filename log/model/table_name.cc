#include "log/model/table_name.h"

namespace leat {

std::string full_table_name(std::string_view schema, std::string_view table) {
  std::string out;
  bool quoted = schema.find_first_of(".\"") != std::string_view::npos;
  if (quoted) out.push_back('"');
  for (char c : schema) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  if (quoted) out.push_back('"');
  return out.append(".").append(table);
}

}  // namespace leat
