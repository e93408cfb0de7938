#include "views/group_view.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/base/bytes.h"
#include "log/model/key.h"
#include "log/model/row.h"

namespace leat::views {
namespace {

constexpr std::string_view kMetaKey = "view";

struct StoredError {
  int64_t count = 0;
  std::string message;
};

std::string encode_error(const StoredError& error) {
  std::string out;
  append_zigzag(&out, error.count);
  return out + error.message;
}

StoredError decode_error(std::string_view bytes) {
  ByteReader in(bytes);
  int64_t count = in.zigzag_varint();
  return {count, std::string(in.rest())};
}

}  // namespace

GroupView::GroupView(ViewId id, PlannedView planned)
    : id_(id),
      planned_(std::move(planned)),
      info_(std::make_shared<const RelationInfo>(planned_.info)) {
  std::vector<std::string> names;
  for (const auto& [topic, schema] : planned_.inputs) names.push_back(topic);
  topics_ = std::make_shared<const std::vector<std::string>>(std::move(names));
}

std::string unit_name_prefix(ViewId id) {
  return fmt::format("view.{:012d}.", id.value());
}

Result<std::unique_ptr<GroupView>> GroupView::open(ViewId id, PlannedView planned,
                                                   joins::StateUnit& unit, bool fresh) {
  std::unique_ptr<GroupView> view(new GroupView(id, std::move(planned)));
  std::string prefix = unit_name_prefix(id);
  if (fresh) LEAT_RETURN_IF_ERROR(unit.erase_tables(prefix));
  LEAT_ASSIGN_OR_RETURN(view->meta_, unit.table(prefix + "meta", store::Grouping::by_key));
  LEAT_ASSIGN_OR_RETURN(view->errors_, unit.table(prefix + "errors", store::Grouping::by_key));
  LEAT_RETURN_IF_ERROR(view->load());
  LEAT_ASSIGN_OR_RETURN(
      view->dataflow_, joins::Dataflow::create(prefix + "flow", *view->planned_.plan, unit, fresh));
  return view;
}

std::optional<SchemaId> GroupView::schema_of(std::string_view topic) const {
  auto input = planned_.inputs.find(topic);
  if (input == planned_.inputs.end()) return std::nullopt;
  return input->second;
}

Status GroupView::step(ViewRows& rows) {
  if (frozen_) return Ok{};
  LEAT_ASSIGN_OR_RETURN(joins::DataflowOutput output, dataflow_->step());
  LEAT_RETURN_IF_ERROR(apply_rows(output.rows, rows));
  return apply_errors(output.errors);
}

Status GroupView::apply_rows(const joins::DeltaBatch& batch, ViewRows& rows) {
  const RowType& type = planned_.plan->row_type;
  std::vector<Datum> values(type.size());
  std::string key;
  keys_.clear();
  sorted_.clear();
  for (const joins::Delta& delta : batch.deltas()) {
    LEAT_RETURN_IF_ERROR(decode_row(type, delta.row, values));
    key.clear();
    append_key(type, values, planned_.plan->unique_key, &key);
    sorted_.push_back({keys_.copy(key), delta.row, delta.diff});
  }
  // By key, the row that goes before the row that comes.
  std::sort(sorted_.begin(), sorted_.end(), [](const KeyedDelta& a, const KeyedDelta& b) {
    int order = a.key.compare(b.key);
    return order != 0 ? order < 0 : a.diff < b.diff;
  });
  for (size_t i = 0; i < sorted_.size(); ++i) {
    const KeyedDelta& first = sorted_[i];
    bool pair = i + 1 < sorted_.size() && sorted_[i + 1].key == first.key;
    if (pair) {
      rows.put(id_, first.key, sorted_[++i].row);
    } else if (first.diff < 0) {
      rows.erase(id_, first.key);
      --row_count_;
    } else {
      rows.put(id_, first.key, first.row);
      ++row_count_;
    }
  }
  return Ok{};
}

Status GroupView::apply_errors(const std::vector<joins::ErrorDelta>& errors) {
  for (const joins::ErrorDelta& delta : errors) {
    StoredError error{0, delta.message};
    std::string_view key = delta.key;
    LEAT_RETURN_IF_ERROR(errors_->get({&key, 1}, [&error](size_t, std::string_view value) {
      error.count = decode_error(value).count;
    }));
    error.count += delta.diff;
    error_count_ = static_cast<uint64_t>(static_cast<int64_t>(error_count_) + delta.diff);
    if (error.count != 0) {
      errors_->put(key, 0, encode_error(error));
      error_sample_ = error.message;
      error_sample_key_ = key;
    } else {
      errors_->erase(key, 0);
      if (error_sample_key_ == key) error_sample_.clear();
    }
  }
  return Ok{};
}

Result<std::string> GroupView::an_error() {
  if (error_count_ > 0 && error_sample_.empty()) {
    LEAT_RETURN_IF_ERROR(
        errors_->scan_all([this](size_t, std::string_view key, std::string_view value) {
          error_sample_ = decode_error(value).message;
          error_sample_key_ = key;
        }));
  }
  return error_count_ > 0 ? error_sample_ : std::string();
}

void GroupView::save() {
  std::string out;
  append_varint(&out, row_count_);
  append_varint(&out, error_count_);
  append_varint(&out, ready_ ? 1 : 0);
  append_varint(&out, frozen_ ? 1 : 0);
  if (frozen_) {
    append_varint(&out, frozen_->cut.value());
    append_sized(&out, frozen_->reason);
    append_sized(&out, frozen_->damaged_topic);
    append_varint(&out, frozen_->damaged_generation.value());
    append_varint(&out, frozen_->inside_cut ? 1 : 0);
  }
  meta_->put(kMetaKey, 0, out);
}

Status GroupView::load() {
  std::string stored;
  std::string_view key = kMetaKey;
  LEAT_RETURN_IF_ERROR(
      meta_->get({&key, 1}, [&stored](size_t, std::string_view value) { stored = value; }));
  if (stored.empty()) return Ok{};
  ByteReader in(stored);
  row_count_ = in.varint();
  error_count_ = in.varint();
  ready_ = in.varint() != 0;
  if (in.varint() != 0) {
    Frozen frozen;
    frozen.cut = CutId(in.varint());
    frozen.reason = in.sized();
    frozen.damaged_topic = in.sized();
    frozen.damaged_generation = GenerationId(in.varint());
    frozen.inside_cut = in.varint() != 0;
    frozen_ = std::move(frozen);
  }
  if (!in.done()) return Error::permanent("the stored state of a view is damaged");
  return Ok{};
}

}  // namespace leat::views
