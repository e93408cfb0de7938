#include "cdc/postgres/pgoutput.h"

#include <catch2/catch.hpp>
#include <string>

namespace leat::cdc::pgoutput {
namespace {

// Bytes of messages, written by hand from the protocol's page.
class Bytes {
 public:
  explicit Bytes(char type) { out_.push_back(type); }
  Bytes& u8(char value) {
    out_.push_back(value);
    return *this;
  }
  Bytes& i16(int16_t value) {
    append_be(&out_, value);
    return *this;
  }
  Bytes& i32(uint32_t value) {
    append_be(&out_, value);
    return *this;
  }
  Bytes& i64(uint64_t value) {
    append_be(&out_, value);
    return *this;
  }
  Bytes& text(std::string_view value) {
    out_.append(value);
    out_.push_back('\0');
    return *this;
  }
  Bytes& value(char kind, std::string_view bytes) {
    out_.push_back(kind);
    append_be(&out_, static_cast<uint32_t>(bytes.size()));
    out_.append(bytes);
    return *this;
  }
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

std::string relation_bytes(bool in_stream) {
  Bytes out('R');
  if (in_stream) out.i32(77);
  out.i32(16385).text("public").text("Orders").u8('d').i16(2);
  out.u8(1).text("id").i32(20).i32(UINT32_MAX);
  out.u8(0).text("note").i32(1043).i32(14);
  return out.str();
}

std::string update_bytes() {
  Bytes out('U');
  out.i32(5).u8('K').i16(2).value('b', "k").u8('n');
  out.u8('N').i16(2).value('b', "new").u8('u');
  return out.str();
}

struct Sample {
  std::string bytes;
  bool in_stream;
};

std::vector<Sample> one_of_each() {
  return {
      {Bytes('B').i64(10).i64(20).i32(30).str(), false},
      {Bytes('C').u8(0).i64(10).i64(11).i64(20).str(), false},
      {Bytes('O').i64(10).text("other").str(), false},
      {relation_bytes(false), false},
      {relation_bytes(true), true},
      {Bytes('Y').i32(9).text("public").text("mood").str(), false},
      {Bytes('I').i32(5).u8('N').i16(1).value('t', "abc").str(), false},
      {Bytes('I').i32(77).i32(5).u8('N').i16(1).value('t', "abc").str(), true},
      {update_bytes(), false},
      {Bytes('D').i32(5).u8('O').i16(1).value('b', "x").str(), false},
      {Bytes('T').i32(2).u8(1).i32(5).i32(6).str(), false},
      {Bytes('M').u8(1).i64(8).text("prefix").i32(3).u8('a').u8('b').u8('c').str(), false},
      {Bytes('S').i32(77).u8(1).str(), false},
      {Bytes('E').str(), true},
      {Bytes('c').i32(77).u8(0).i64(10).i64(11).i64(20).str(), false},
      {Bytes('A').i32(77).i32(78).str(), false},
  };
}

template <class T>
T decode_as(const std::string& bytes, bool in_stream = false) {
  auto message = decode(bytes, in_stream);
  REQUIRE(message.ok());
  REQUIRE(std::holds_alternative<T>(*message));
  return std::get<T>(*message);
}

std::vector<std::pair<char, std::string>> columns_of(const Tuple& tuple) {
  std::vector<std::pair<char, std::string>> out;
  tuple.for_each([&](size_t, ColumnValue value) {
    out.emplace_back(static_cast<char>(value.kind), std::string(value.bytes));
  });
  return out;
}

TEST_CASE("BeginAndCommitCarryTheirPositionsAndTime") {
  std::string begin_bytes = Bytes('B').i64(10).i64(20).i32(30).str();
  auto begin = decode_as<Begin>(begin_bytes);
  CHECK(begin.commit_lsn == Lsn(10));
  CHECK(begin.commit_time_us == 20);
  CHECK(begin.xid == Xid(30));
  std::string commit_bytes = Bytes('C').u8(0).i64(10).i64(11).i64(20).str();
  auto commit = decode_as<Commit>(commit_bytes);
  CHECK(commit.commit_lsn == Lsn(10));
  CHECK(commit.end_lsn == Lsn(11));
}

TEST_CASE("RelationListsItsColumnsWithTypesAndKeyFlags") {
  std::string bytes = relation_bytes(false);
  auto relation = decode_as<Relation>(bytes);
  CHECK(relation.oid == RelationOid(16385));
  CHECK(relation.schema == "public");
  CHECK(relation.name == "Orders");
  CHECK(relation.replica_identity == 'd');
  REQUIRE(relation.columns.size() == 2);
  CHECK(relation.columns[0].is_key);
  CHECK(relation.columns[1].name == "note");
  CHECK(relation.columns[1].type_oid == 1043);
  CHECK(relation.columns[1].type_modifier == 14);
  CHECK_FALSE(relation.columns[1].is_key);
}

TEST_CASE("UpdateThatChangesTheKeyCarriesTheOldKeyAndUnchangedColumns") {
  std::string bytes = update_bytes();
  auto update = decode_as<Update>(bytes);
  CHECK(update.old_kind == OldTuple::key);
  CHECK(columns_of(update.before) ==
        std::vector<std::pair<char, std::string>>{{'b', "k"}, {'n', ""}});
  CHECK(columns_of(update.after) ==
        std::vector<std::pair<char, std::string>>{{'b', "new"}, {'u', ""}});
}

TEST_CASE("UpdateThatKeepsTheKeyHasNoOldTuple") {
  std::string bytes = Bytes('U').i32(5).u8('N').i16(1).u8('n').str();
  CHECK(decode_as<Update>(bytes).old_kind == OldTuple::none);
}

TEST_CASE("MessagesInsideAStreamBlockCarryTheirSubtransaction") {
  std::string bytes = Bytes('I').i32(77).i32(5).u8('N').i16(0).str();
  auto insert = decode_as<Insert>(bytes, true);
  CHECK(insert.xid == Xid(77));
  CHECK(insert.relation == RelationOid(5));
  std::string plain = Bytes('I').i32(5).u8('N').i16(0).str();
  CHECK(decode_as<Insert>(plain).xid == Xid());
}

TEST_CASE("TruncateListsEveryRelation") {
  std::string bytes = Bytes('T').i32(2).u8(3).i32(5).i32(6).str();
  CHECK(decode_as<Truncate>(bytes).relations ==
        std::vector<RelationOid>{RelationOid(5), RelationOid(6)});
}

TEST_CASE("StreamAbortNamesTheSubtransaction") {
  std::string bytes = Bytes('A').i32(77).i32(78).str();
  auto abort = decode_as<StreamAbort>(bytes);
  CHECK(abort.xid == Xid(77));
  CHECK(abort.subxid == Xid(78));
}

TEST_CASE("EveryMessageIsReadWholeAndNoTruncationOfItIs") {
  for (const Sample& sample : one_of_each()) {
    INFO("type " << sample.bytes[0]);
    CHECK(decode(sample.bytes, sample.in_stream).ok());
    for (size_t size = 0; size < sample.bytes.size(); ++size) {
      INFO("cut to " << size);
      // A copy of exactly that size: reading past its end is what a sanitizer sees.
      std::vector<char> cut(sample.bytes.begin(), sample.bytes.begin() + static_cast<long>(size));
      auto message = decode({cut.data(), cut.size()}, sample.in_stream);
      REQUIRE_FALSE(message.ok());
      CHECK_FALSE(message.error().is_transient());
    }
  }
}

TEST_CASE("BytesAfterAMessagesEndAreAnError") {
  for (const Sample& sample : one_of_each()) {
    CHECK_FALSE(decode(sample.bytes + "x", sample.in_stream).ok());
  }
}

TEST_CASE("AnUnknownMessageOrColumnKindIsAnErrorThatNamesTheType") {
  auto unknown = decode("Z1234", false);
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message().find("0x5A") != std::string::npos);
  CHECK_FALSE(decode(Bytes('I').i32(5).u8('N').i16(1).u8('x').str(), false).ok());
}

TEST_CASE("AColumnLongerThanTheMessageIsAnError") {
  std::string bytes = Bytes('I').i32(5).u8('N').i16(1).u8('b').i32(0x7fffffff).str() + "abc";
  CHECK_FALSE(decode(bytes, false).ok());
}

TEST_CASE("ARelationThatPromisesMoreColumnsThanItHasIsAnError") {
  std::string bytes = Bytes('R').i32(1).text("s").text("t").u8('d').i16(-1).str();
  CHECK_FALSE(decode(bytes, false).ok());
}

}  // namespace
}  // namespace leat::cdc::pgoutput
