#include "views/view_catalog.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"

namespace leat::views {
namespace {

// The stored form: key "id" → the last id given, u64; key 'v', id u64 → a record. Numbers are
// big-endian or varints, strings sized. The version changes with this form, and also when the
// planner would make another dataflow of the same text: then the stored arrangements cannot be
// used.
constexpr uint8_t kVersion = 1;
constexpr std::string_view kLastIdKey = "id";

std::string key_of(ViewId id) {
  std::string key = "v";
  append_be<uint64_t>(&key, id.value());
  return key;
}

std::string encode(const ViewRecord& record) {
  std::string out(1, static_cast<char>(kVersion));
  const ViewSource& source = record.source;
  for (const std::string* text : {&source.name, &source.path, &source.text, &source.query}) {
    append_sized(&out, *text);
  }
  append_varint(&out, static_cast<uint64_t>(source.query_offset));
  append_varint(&out, record.slot.value());
  out.push_back(record.attached ? 1 : 0);
  append_varint(&out, record.inputs.size());
  for (const auto& [topic, schema] : record.inputs) {
    append_sized(&out, topic);
    append_varint(&out, schema.value());
  }
  return out;
}

Result<ViewRecord> decode(ViewId id, std::string_view bytes) {
  ByteReader in(bytes);
  if (uint8_t version = in.u8(); version != kVersion) {
    return Error::permanent(
        fmt::format("the catalog of views has format {}, which this version of Leat does not know; "
                    "remove the state directory to build the views anew from the log",
                    version));
  }
  ViewRecord record;
  record.id = id;
  ViewSource& source = record.source;
  for (std::string* text : {&source.name, &source.path, &source.text, &source.query}) {
    *text = in.sized();
  }
  source.query_offset = static_cast<int>(in.varint());
  record.slot = GroupSlot(static_cast<uint32_t>(in.varint()));
  record.attached = in.u8() != 0;
  for (uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    std::string topic(in.sized());
    record.inputs[topic] = SchemaId(static_cast<uint32_t>(in.varint()));
  }
  if (!in.done() || record.slot.value() >= kGroupSlots) {
    return Error::permanent(
        "the catalog of views is damaged; remove the state directory to build "
        "the views anew from the log");
  }
  return record;
}

}  // namespace

Result<ViewCatalog> ViewCatalog::load(store::Store& store, store::TableId table) {
  ViewCatalog catalog(store, table);
  auto cursor = store.scan(table, "", "");
  for (; cursor->valid(); cursor->next()) {
    ByteReader key(cursor->key());
    if (cursor->key() == kLastIdKey) {
      catalog.next_id_ = ViewId(ByteReader(cursor->value()).be<uint64_t>());
    } else if (key.u8() == 'v') {
      ViewId id(key.be<uint64_t>());
      LEAT_ASSIGN_OR_RETURN(catalog.records_[id], decode(id, cursor->value()));
    }
  }
  LEAT_RETURN_IF_ERROR(cursor->status());
  return catalog;
}

const ViewRecord* ViewCatalog::find(std::string_view name, bool attached) const {
  for (const auto& [id, record] : records_) {
    if (record.source.name == name && record.attached == attached) return &record;
  }
  return nullptr;
}

bool ViewCatalog::slot_in_use(GroupSlot slot) const {
  for (const auto& [id, record] : records_) {
    if (record.slot == slot) return true;
  }
  return false;
}

Status ViewCatalog::apply(const std::vector<ViewRecord>& put, const std::vector<ViewId>& erase) {
  store::WriteBatch batch(*store_);
  std::string last_id;
  append_be<uint64_t>(&last_id, next_id_.value());
  batch.put(table_, kLastIdKey, last_id);
  for (ViewId id : erase) batch.erase(table_, key_of(id));
  for (const ViewRecord& record : put) batch.put(table_, key_of(record.id), encode(record));
  LEAT_RETURN_IF_ERROR(store_->write(batch));
  LEAT_RETURN_IF_ERROR(store_->flush({&table_, 1}));
  for (ViewId id : erase) records_.erase(id);
  for (const ViewRecord& record : put) records_[record.id] = record;
  return Ok{};
}

}  // namespace leat::views
