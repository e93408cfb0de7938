#include "cdc/mysql/stream_position.h"

#include "log/base/bytes.h"

namespace leat::cdc::mysql {

std::string encode_stream_position(const StreamPosition& position) {
  std::string out;
  append_sized(&out, encode_position(position.taken));
  append_sized(&out, position.restart ? encode_position(*position.restart) : "");
  EventMark mark = position.mark.value_or(EventMark());
  append_sized(&out, mark.file);
  append_varint(&out, mark.offset);
  append_varint(&out, mark.crc32c);
  return out;
}

Result<StreamPosition> decode_stream_position(std::string_view bytes) {
  ByteReader in(bytes);
  std::string_view taken = in.sized();
  std::string_view restart = in.sized();
  EventMark mark;
  mark.file = in.sized();
  mark.offset = in.varint();
  mark.crc32c = static_cast<uint32_t>(in.varint());
  if (!in.done()) {
    return Error::permanent("the position that the log holds is not one of a MySQL source");
  }
  StreamPosition out;
  LEAT_ASSIGN_OR_RETURN(out.taken, decode_position(taken));
  if (!mark.file.empty()) out.mark = std::move(mark);
  if (restart.empty()) return out;
  LEAT_ASSIGN_OR_RETURN(out.restart, decode_position(restart));
  return out;
}

}  // namespace leat::cdc::mysql
