#include "views/view_group.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>

#include "log/model/change.h"
#include "views/damaged_topics.h"
#include "views/view_inputs.h"

namespace leat::views {
namespace {

// What the unit stores: whether the position is inside a cut, then the position.
struct StoredPosition {
  bool inside_cut = false;
  log::ReadPosition position;

  std::string encode() const { return std::string(1, inside_cut ? 1 : 0) + position.encode(); }
  static Result<StoredPosition> decode(std::string_view bytes) {
    if (bytes.empty()) return StoredPosition();
    LEAT_ASSIGN_OR_RETURN(log::ReadPosition position, log::ReadPosition::decode(bytes.substr(1)));
    return StoredPosition{bytes[0] != 0, std::move(position)};
  }
};

// A view that reads the topic at hand, and which rows of it.
struct Listener {
  GroupView* view;
  SchemaId schema;
};

void tell(const std::vector<Listener>& listeners, std::string_view topic, const RowImage& image,
          int32_t diff) {
  for (const Listener& listener : listeners) {
    // Rows of another schema are of a generation that is taken back before the view shows itself.
    if (listener.schema == image.schema) listener.view->add_input(topic, image.row, diff);
  }
}

}  // namespace

std::string group_reader_name(GroupSlot slot) {
  return fmt::format("views.{}", slot.value());
}

ViewGroup::ViewGroup(const GroupContext& context, const GroupOptions& options)
    : context_(context),
      options_(options),
      rows_(*context.store, context.tables.rows),
      step_size_(options.step_bytes_max),
      last_flush_(context.clock->monotonic()) {}

Result<std::unique_ptr<ViewGroup>> ViewGroup::open(const GroupContext& context,
                                                   std::vector<GroupMember> members,
                                                   const GroupOptions& options) {
  std::unique_ptr<ViewGroup> group(new ViewGroup(context, options));
  LEAT_RETURN_IF_ERROR(group->open_unit(std::move(members)));
  LEAT_ASSIGN_OR_RETURN(StoredPosition from, StoredPosition::decode(group->begun_position_));
  group->inside_cut_ = from.inside_cut;
  context.log->set_reader_floor(group_reader_name(context.slot), from.position.cut());
  LEAT_RETURN_IF_ERROR(group->open_reader(std::move(from.position)));
  return group;
}

Status ViewGroup::open_unit(std::vector<GroupMember> members) {
  joins::StateUnitOptions unit;
  unit.store = context_.store;
  unit.state_table = context_.tables.state;
  unit.flushed_with = {context_.tables.rows};
  unit.resident_bytes_max = options_.state_bytes / 2;
  unit.buffered_bytes_max = options_.state_bytes / 6;  // three times: in memory, staged, written
  LEAT_ASSIGN_OR_RETURN(unit_, joins::StateUnit::open(unit));
  begun_position_ = noted_position_ = unit_->stored_position();
  bool fresh = begun_position_.empty();
  for (GroupMember& member : members) {
    LEAT_ASSIGN_OR_RETURN(std::unique_ptr<GroupView> view,
                          GroupView::open(member.id, std::move(member.planned), *unit_, fresh));
    views_.push_back(std::move(view));
  }
  return Ok{};
}

std::vector<std::string> ViewGroup::topics() const {
  std::set<std::string> topics;
  for (const auto& view : views_) {
    if (view->frozen()) continue;
    for (const auto& [topic, schema] : view->inputs()) topics.insert(topic);
  }
  return {topics.begin(), topics.end()};
}

Status ViewGroup::open_reader(log::ReadPosition from) {
  LEAT_ASSIGN_OR_RETURN(reader_, context_.log->read_cuts(topics(), std::move(from)));
  return Ok{};
}

Status ViewGroup::erase(store::Store& store, const GroupTables& tables) {
  const std::string behind_all_keys(64, '\xff');
  std::vector<store::TableId> ids = {tables.state, tables.rows};
  store::WriteBatch batch(store);
  for (store::TableId id : ids) batch.erase_range(id, "", behind_all_keys);
  LEAT_RETURN_IF_ERROR(store.write(batch));
  return store.flush(ids);
}

CutId ViewGroup::reach(const log::LogState& state) {
  CutId limit = state.cut;
  for (const auto& view : views_) {
    if (view->frozen()) continue;
    std::optional<Obstacle> obstacle = first_obstacle(state, view->inputs(), cut(), view->ready());
    if (!obstacle) continue;
    if (obstacle->cut == cut().next() && !inside_cut_) {
      view->freeze({cut(), obstacle->reason});
    } else {
      limit = std::min(limit, CutId(obstacle->cut.value() - 1));
    }
  }
  return limit;
}

// A reader that failed stands nowhere: the views that go on need a new one.
Result<std::optional<log::ReadStep>> ViewGroup::read(CutId limit) {
  log::ReadPosition from = reader_->position();
  auto step = reader_->next(step_size_.bytes(), limit, std::chrono::milliseconds(0));
  if (step.ok()) return step;
  LEAT_RETURN_IF_ERROR(freeze_damaged(std::move(from), limit, step.error()));
  return std::optional<log::ReadStep>();
}

Status ViewGroup::freeze_damaged(log::ReadPosition from, CutId limit, const Error& error) {
  std::shared_ptr<const log::LogState> state = context_.log->state();
  // Not damaged, but compacted beyond where the group stands: it has to begin anew.
  if (!from.can_resume(*state, topics())) return error;
  auto damaged = damaged_topics(*context_.log, topics(), from, limit, options_.step_bytes_max);
  if (damaged.empty()) return error;
  for (const auto& view : views_) {
    for (const auto& [topic, why] : damaged) {
      if (view->frozen() || !view->schema_of(topic)) continue;
      view->freeze(
          {.cut = from.cut(),
           .reason = fmt::format("{} cannot be read any further: {}. To copy it anew: leat "
                                 "source resnapshot {}",
                                 topic, why.message(), topic.substr(0, topic.find('.'))),
           .damaged_topic = topic,
           .damaged_generation = generation_at(*state, topic, from.cut()),
           .inside_cut = inside_cut_});
    }
  }
  return open_reader(std::move(from));
}

Status ViewGroup::step(CutId limit) {
  LEAT_ASSIGN_OR_RETURN(auto step, read(limit));
  if (!step) return Ok{};
  for (const log::TopicChunk& chunk : step->chunks) LEAT_RETURN_IF_ERROR(add_chunk(chunk));
  size_t held_bytes = 0;
  for (const auto& view : views_) {
    LEAT_RETURN_IF_ERROR(view->step(rows_));
    held_bytes = std::max(held_bytes, view->held_bytes());
  }
  step_size_.note_step(held_bytes);
  inside_cut_ = !step->ends_cut;
  return rows_.write();
}

Status ViewGroup::add_chunk(const log::TopicChunk& chunk) {
  std::vector<Listener> listeners;
  for (const auto& view : views_) {
    auto schema = view->schema_of(chunk.topic);
    if (schema && !view->frozen()) listeners.push_back({view.get(), *schema});
  }
  int32_t sign = chunk.retracts ? -1 : 1;
  for (const log::RecordView& record : chunk.records) {
    bytes_read_ += record.key.size() + record.change_header.size();
    if (!chunk.retracts) newest_commit_ms_ = std::max(newest_commit_ms_, record.timestamp_ms);
    if (chunk.has_before) {
      LEAT_ASSIGN_OR_RETURN(ChangeHeader header, decode_change_header(record.change_header));
      if (header.before) tell(listeners, chunk.topic, *header.before, -sign);
    }
    if (!record.value) continue;
    bytes_read_ += record.value->size();
    LEAT_ASSIGN_OR_RETURN(RowImage after, decode_change_value(*record.value));
    tell(listeners, chunk.topic, after, sign);
  }
  records_read_ += chunk.records.size();
  return Ok{};
}

void ViewGroup::note_ready_inputs(const log::LogState& state) {
  for (const auto& view : views_) {
    // A frozen one shows an earlier cut than the group's, if any.
    if (view->ready() || view->frozen()) continue;
    if (!missing_input(state, view->inputs(), cut())) view->set_ready();
  }
}

bool ViewGroup::all_ready() const {
  return std::all_of(views_.begin(), views_.end(),
                     [](const auto& view) { return view->ready() || view->frozen(); });
}

Status ViewGroup::flush_when_due() {
  LEAT_RETURN_IF_ERROR(unit_->status());
  note_flush_end();
  bool full = context_.store->unflushed_bytes(context_.tables.rows) > options_.rows_bytes_max;
  bool old = context_.clock->monotonic() - last_flush_ >= options_.flush_interval &&
             stored_position() != begun_position_;
  if (full || old) unit_->request_flush();
  return unit_->wants_flush() ? begin_flush() : Status();
}

Status ViewGroup::flush() {
  LEAT_RETURN_IF_ERROR(begin_flush());
  LEAT_RETURN_IF_ERROR(unit_->wait_flush());
  note_flush_end();
  return Ok{};
}

std::string ViewGroup::stored_position() const {
  return StoredPosition{inside_cut_, reader_->position()}.encode();
}

Status ViewGroup::begin_flush() {
  for (const auto& view : views_) view->save();
  begun_position_ = stored_position();
  last_flush_ = context_.clock->monotonic();
  return unit_->begin_flush(begun_position_);
}

// The log may forget what only this group still needed.
void ViewGroup::note_flush_end() {
  const std::string& flushed = unit_->flushed_position();
  if (flushed == noted_position_) return;
  noted_position_ = flushed;
  auto stored = StoredPosition::decode(flushed);
  LEAT_CHECK(stored.ok());
  context_.log->set_reader_floor(group_reader_name(context_.slot), stored->position.cut());
}

Status ViewGroup::drop(ViewId id) {
  auto found = std::find_if(views_.begin(), views_.end(),
                            [id](const auto& view) { return view->id() == id; });
  if (found == views_.end()) return Ok{};
  views_.erase(found);
  rows_.erase_view(id);
  LEAT_RETURN_IF_ERROR(rows_.write());
  return unit_->erase_tables(unit_name_prefix(id));
}

}  // namespace leat::views
