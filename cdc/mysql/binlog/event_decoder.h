// Binlog events: a function from bytes to an event or an error, with no state but what the last
// FORMAT_DESCRIPTION said (the checksum, the flavour) and the bytes of the last event that came
// compressed.
//
// Events that no reader of rows can do without understanding (a type that is not listed here and
// not marked ignorable, START_ENCRYPTION) are errors.
#pragma once

#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// An event of more bytes is refused: the server's own limit for max_allowed_packet, and some.
inline constexpr uint64_t kEventBytesMax = (1ULL << 30) + (1 << 20);

class EventDecoder {
 public:
  // CHECKSUM counts until the first FORMAT_DESCRIPTION: what was asked of the server, in whose
  // stream an artificial ROTATE comes first.
  explicit EventDecoder(ChecksumKind checksum) : checksum_(checksum) {}

  // BYTES are one event, from its header to its end. Errors are permanent and name the event and
  // where in the file it ends.
  Result<Event> decode(std::string_view bytes);
  // An event from inside a TRANSACTION_PAYLOAD or put together from fragments: those have no
  // checksum of their own.
  Result<Event> decode_unchecked(std::string_view bytes);

  // The server's, once it is known by the first FORMAT_DESCRIPTION.
  Flavour flavour() const { return flavour_; }

 private:
  Result<Event> decode_body(const EventHeader& header, std::string_view body);

  ChecksumKind checksum_;
  Flavour flavour_ = Flavour::mysql;
  std::string uncompressed_;
};

// The header of an event of which at least EventHeader::kBytes are there.
EventHeader decode_event_header(std::string_view bytes);

}  // namespace leat::cdc::mysql
