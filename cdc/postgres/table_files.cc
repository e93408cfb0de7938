#include "cdc/postgres/table_files.h"

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {
constexpr uint8_t kVersion = 1;
}

std::string table_files_name(const std::string& source) {
  return source + ".files";
}

std::string encode_table_files(const TableFiles& files) {
  std::string out(1, static_cast<char>(kVersion));
  append_varint(&out, files.size());
  for (const auto& [generation, file] : files) {
    append_varint(&out, generation.value());
    append_varint(&out, file);
  }
  return out;
}

Result<TableFiles> decode_table_files(std::string_view bytes) {
  ByteReader in(bytes);
  TableFiles out;
  bool known = in.u8() == kVersion;
  for (uint64_t left = in.varint(); known && left > 0 && in.ok(); --left) {
    GenerationId generation(in.varint());
    out[generation] = static_cast<uint32_t>(in.varint());
  }
  if (known && in.done()) return out;
  return Error::permanent("the log's list of the tables' files is of an unknown format");
}

}  // namespace leat::cdc
