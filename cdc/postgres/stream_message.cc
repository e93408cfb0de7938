#include "cdc/postgres/stream_message.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"

namespace leat::cdc {

Result<StreamMessage> decode_stream_message(std::string_view bytes) {
  ByteReader in(bytes);
  StreamMessage out;
  char type = static_cast<char>(in.u8());
  if (type == 'w') {
    in.be<int64_t>();  // where the data begins in the WAL
    out.wal_end = Lsn(in.be<uint64_t>());
    in.be<int64_t>();  // the server's clock
    out.data = in.rest();
  } else if (type == 'k') {
    out.kind = StreamMessage::Kind::keepalive;
    out.wal_end = Lsn(in.be<uint64_t>());
    in.be<int64_t>();
    out.reply_requested = in.u8() != 0;
  } else {
    in.fail();
  }
  if (in.ok()) return out;
  return Error::permanent(fmt::format(
      "the server sent a replication message of {} bytes that cannot be read", bytes.size()));
}

}  // namespace leat::cdc
