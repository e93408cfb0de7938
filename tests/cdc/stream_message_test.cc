#include "cdc/postgres/stream_message.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

std::string message(char type, std::string_view tail) {
  std::string out(1, type);
  if (type == 'w') append_be<uint64_t>(&out, 5);
  append_be<uint64_t>(&out, 900);
  append_be<int64_t>(&out, 1);
  return out + std::string(tail);
}

TEST_CASE("DataAndKeepalivesSayHowFarTheServerHasRead") {
  std::string data_bytes = message('w', "body");
  auto data = decode_stream_message(data_bytes);
  REQUIRE(data.ok());
  CHECK(data->kind == StreamMessage::Kind::data);
  CHECK(data->wal_end == Lsn(900));
  CHECK(data->data == "body");
  std::string keepalive_bytes = message('k', "\x01");
  auto keepalive = decode_stream_message(keepalive_bytes);
  REQUIRE(keepalive.ok());
  CHECK(keepalive->kind == StreamMessage::Kind::keepalive);
  CHECK(keepalive->wal_end == Lsn(900));
  CHECK(keepalive->reply_requested);
}

TEST_CASE("WhatIsNeitherOrCutShortIsRefused") {
  CHECK_FALSE(decode_stream_message("").ok());
  CHECK_FALSE(decode_stream_message("z123456789012345678901234").ok());
  std::string data = message('w', "");
  CHECK_FALSE(decode_stream_message(data.substr(0, data.size() - 1)).ok());
  CHECK_FALSE(decode_stream_message(message('k', "")).ok());
}

}  // namespace
}  // namespace leat::cdc
