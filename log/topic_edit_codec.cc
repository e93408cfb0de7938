#include "log/topic_edit_codec.h"

namespace leat::log {
namespace {

// Stored: never change or reuse one.
enum class Tag : uint8_t { create = 1, begin = 2, switch_over = 3, stop = 4, drop = 5, alter = 6 };

struct Appender {
  std::string* out;

  void start(Tag tag, std::string_view topic) const {
    out->push_back(static_cast<char>(tag));
    append_sized(out, topic);
  }
  void operator()(const CreateTopic& edit) const {
    start(Tag::create, edit.topic);
    out->push_back(static_cast<char>(edit.kind));
    append_topic_settings(edit.settings.value_or(TopicSettings{}), out);
  }
  void operator()(const BeginGeneration& edit) const {
    start(Tag::begin, edit.topic);
    append_varint(out, edit.generation.value());
    append_varint(out, edit.schema.value());
    append_varint(out, static_cast<uint64_t>(edit.partition_count));
  }
  void operator()(const SwitchGeneration& edit) const {
    start(Tag::switch_over, edit.topic);
    append_varint(out, edit.generation.value());
  }
  void operator()(const StopTopic& edit) const {
    start(Tag::stop, edit.topic);
    append_sized(out, edit.reason);
  }
  void operator()(const DropTopic& edit) const { start(Tag::drop, edit.topic); }
  void operator()(const AlterTopic& edit) const {
    start(Tag::alter, edit.topic);
    append_topic_settings(edit.settings, out);
  }
};

Error damaged(std::string_view what) {
  return Error::permanent("a topic edit does not parse: " + std::string(what));
}

Result<TopicEdit> read_create(std::string topic, ByteReader& in) {
  uint8_t kind = in.u8();
  if (kind > static_cast<uint8_t>(TopicKind::stream)) return damaged("unknown kind of topic");
  LEAT_ASSIGN_OR_RETURN(auto settings, read_topic_settings(in));
  return TopicEdit(CreateTopic{std::move(topic), static_cast<TopicKind>(kind), settings});
}

Result<TopicEdit> read_alter(std::string topic, ByteReader& in) {
  LEAT_ASSIGN_OR_RETURN(auto settings, read_topic_settings(in));
  return TopicEdit(AlterTopic{std::move(topic), settings});
}

Result<TopicEdit> read_begin(std::string topic, ByteReader& in) {
  GenerationId generation(in.varint());
  uint64_t schema = in.varint();
  uint64_t partitions = in.varint();
  if (schema > UINT32_MAX || partitions > static_cast<uint64_t>(kPartitionsMax)) {
    return damaged("a number is out of range");
  }
  return TopicEdit(BeginGeneration{std::move(topic), generation,
                                   SchemaId(static_cast<uint32_t>(schema)),
                                   static_cast<int32_t>(partitions)});
}

}  // namespace

void append_topic_edit(const TopicEdit& edit, std::string* out) {
  std::visit(Appender{out}, edit);
}

Result<TopicEdit> read_topic_edit(ByteReader& in) {
  auto tag = static_cast<Tag>(in.u8());
  std::string topic(in.sized());
  switch (tag) {
    case Tag::create:
      return read_create(std::move(topic), in);
    case Tag::begin:
      return read_begin(std::move(topic), in);
    case Tag::switch_over:
      return TopicEdit(SwitchGeneration{std::move(topic), GenerationId(in.varint())});
    case Tag::stop:
      return TopicEdit(StopTopic{std::move(topic), std::string(in.sized())});
    case Tag::drop:
      return TopicEdit(DropTopic{std::move(topic)});
    case Tag::alter:
      return read_alter(std::move(topic), in);
  }
  return damaged("unknown tag " + std::to_string(static_cast<int>(tag)));
}

}  // namespace leat::log
