#include "cdc/mysql/row_changes.h"

#include "cdc/mysql/row_builder.h"

namespace leat::cdc::mysql {

Status RowChanges::begin(const TableBinding* binding, const RowsEvent& event) {
  binding_ = binding;
  kind_ = event.kind;
  return reader_.begin(&binding->map(), event);
}

Status RowChanges::decode(PendingChange* change) {
  switch (kind_) {
    case RowsKind::insert:
      return decode_insert(change);
    case RowsKind::update:
      return decode_update(change);
    case RowsKind::remove:
      return decode_remove(change);
  }
  return Ok();
}

Status RowChanges::decode_insert(PendingChange* change) {
  change->kind = ChangeKind::insert;
  LEAT_RETURN_IF_ERROR(read_inserted(*binding_, reader_.after(), &after_values_));
  return take_after(change);
}

Status RowChanges::decode_update(PendingChange* change) {
  change->kind = ChangeKind::update;
  LEAT_RETURN_IF_ERROR(read_image(*binding_, reader_.before(), nullptr, &before_values_));
  LEAT_RETURN_IF_ERROR(read_image(*binding_, reader_.after(), &before_values_, &after_values_));
  after_values_.fill_unchanged(before_values_, false);
  LEAT_RETURN_IF_ERROR(take_before(&old_key_, change));
  LEAT_RETURN_IF_ERROR(take_after(change));
  if (old_key_ != key_) change->old_key = old_key_;
  return Ok();
}

Status RowChanges::decode_remove(PendingChange* change) {
  change->kind = ChangeKind::remove;
  LEAT_RETURN_IF_ERROR(read_image(*binding_, reader_.before(), nullptr, &before_values_));
  LEAT_RETURN_IF_ERROR(take_before(&key_, change));
  change->key = key_;
  return Ok();
}

Status RowChanges::take_before(std::string* key, PendingChange* change) {
  key->clear();
  LEAT_RETURN_IF_ERROR(before_values_.append_key_to(key));
  if (!before_values_.is_whole()) return Ok();
  before_.clear();
  before_values_.append_row_to(&before_);
  change->before = before_;
  return Ok();
}

Status RowChanges::take_after(PendingChange* change) {
  key_.clear();
  LEAT_RETURN_IF_ERROR(after_values_.append_key_to(&key_));
  after_.clear();
  after_values_.append_row_to(&after_);
  unchanged_.clear();
  after_values_.append_unchanged_to(&unchanged_);
  change->key = key_;
  change->after = after_;
  change->unchanged = unchanged_;
  return Ok();
}

}  // namespace leat::cdc::mysql
