#include "views/build.h"

#include <set>

namespace leat::views {
namespace {

// A build that needs no longer than this for what came meanwhile is handed over: the maintainer,
// which has to make up that much, holds the live views back only so long.
constexpr std::chrono::milliseconds kHandOverMax{50};
constexpr std::chrono::milliseconds kWaitMax{50};

uint64_t bytes_of_inputs(const ViewGroup& group, const log::LogState& state) {
  std::set<std::string_view> topics;
  for (const auto& view : group.views()) {
    for (const auto& [topic, schema] : view->inputs()) topics.insert(topic);
  }
  uint64_t bytes = 0;
  for (std::string_view name : topics) {
    const log::TopicState* topic = state.find(name);
    if (topic == nullptr || !topic->current) continue;
    for (const log::PartitionState& partition : topic->current->partitions)
      bytes += partition.bytes;
  }
  return bytes;
}

}  // namespace

Build::Build(Open open, log::ChangeLog& log, const Clock& clock, std::vector<ViewId> views,
             bool wait_ready)
    : open_(std::move(open)),
      log_(log),
      clock_(clock),
      views_(std::move(views)),
      wait_ready_(wait_ready),
      started_(clock.monotonic()),
      running_(std::async(std::launch::async, [this] { return run(); })) {}

Build::~Build() {
  cancelled_ = true;
  if (running_.valid()) running_.wait();
}

BuildProgress Build::progress() const {
  std::chrono::duration<double> spent = clock_.monotonic() - started_;
  double seconds = std::max(spent.count(), 0.001);
  BuildProgress out{bytes_done_, bytes_total_, 0, 0};
  out.bytes_per_second = static_cast<double>(out.bytes_done) / seconds;
  out.changes_per_second = static_cast<double>(changes_done_) / seconds;
  return out;
}

std::optional<Result<std::unique_ptr<ViewGroup>>> Build::take() {
  if (running_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
  return running_.get();
}

Result<std::unique_ptr<ViewGroup>> Build::run() {
  LEAT_ASSIGN_OR_RETURN(std::unique_ptr<ViewGroup> group, open_());
  while (!cancelled_) {
    LEAT_ASSIGN_OR_RETURN(bool close, advance(*group));
    if (close && (group->all_ready() || !wait_ready_)) {
      LEAT_RETURN_IF_ERROR(group->flush());
      return group;
    }
    if (!close) continue;
    LEAT_ASSIGN_OR_RETURN(bool more, log_.wait_cut(group->cut(), kWaitMax));
    static_cast<void>(more);
  }
  return Error::transient("the build was cancelled");
}

Result<bool> Build::advance(ViewGroup& group) {
  std::shared_ptr<const log::LogState> state = log_.state();
  auto begun = clock_.monotonic();
  CutId limit = group.reach(*state);
  if (group.cut() < limit || group.inside_cut()) LEAT_RETURN_IF_ERROR(group.step(limit));
  LEAT_RETURN_IF_ERROR(group.flush_when_due());
  note_progress(group, *state);
  if (group.inside_cut()) return false;
  group.note_ready_inputs(*state);
  for (const auto& view : group.views()) {
    if (!view->frozen() || view->ready()) continue;
    const Frozen& frozen = *view->frozen();
    if (frozen.damaged_topic.empty()) {
      return Error::transient("its inputs changed meanwhile: " + frozen.reason);
    }
    // The others need not wait for it, unless something would be replaced that still answers.
    if (wait_ready_) return Error::permanent(view->info().name + ": " + frozen.reason);
  }
  return group.cut() == limit && clock_.monotonic() - begun <= kHandOverMax;
}

void Build::note_progress(const ViewGroup& group, const log::LogState& state) {
  bytes_done_ = group.bytes_read();
  bytes_total_ = std::max(bytes_of_inputs(group, state), group.bytes_read());
  changes_done_ = group.records_read();
}

}  // namespace leat::views
