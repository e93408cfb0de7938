#include "joins/aggregate.h"

#include <algorithm>
#include <utility>

#include "joins/row_concat.h"
#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/model/key.h"

namespace leat::joins {
namespace {

RowType pick(const RowType& type, const std::vector<int>& columns) {
  RowType out;
  for (int column : columns) out.push_back(type.at(static_cast<size_t>(column)));
  return out;
}

RowType result_types(const Aggregate& plan) {
  RowType out;
  for (const AggregateCall& call : plan.calls) out.push_back(call.result_type);
  return out;
}

RowType output_type(const RowType& input, const Aggregate& plan) {
  RowType out = pick(input, plan.group_columns);
  const RowType results = result_types(plan);
  out.insert(out.end(), results.begin(), results.end());
  return out;
}

const char* name_of(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::count_rows:
    case AggregateFunction::count:
      return "count";
    case AggregateFunction::sum:
      return "sum";
    case AggregateFunction::min:
      return "min";
    case AggregateFunction::max:
      return "max";
    case AggregateFunction::avg:
      return "avg";
  }
  return "?";
}

// Values that are equal as keys may be different rows (log/model/key.h, row.h).
bool prints_differently(Type type) {
  switch (type.id) {
    case TypeId::float32:
    case TypeId::float64:
    case TypeId::numeric:
    case TypeId::bpchar:
    case TypeId::timetz:
    case TypeId::interval:
      return true;
    default:
      return false;
  }
}

Error unreadable() {
  return Error::permanent("the state of a GROUP BY cannot be read");
}

bool is_extreme(AggregateFunction function) {
  return function == AggregateFunction::min || function == AggregateFunction::max;
}

}  // namespace

Result<AggregateOperator::Call> AggregateOperator::open_call(StateUnit& state,
                                                             const std::string& name,
                                                             const AggregateCall& plan,
                                                             const RowType& input) {
  Call out;
  if (plan.function == AggregateFunction::count_rows) return out;
  out.argument = plan.argument;
  const Type argument = input.at(static_cast<size_t>(plan.argument));
  TypeId result{};
  if (!aggregate_result_type(plan.function, argument.id, &result) ||
      result != plan.result_type.id) {
    return Error::permanent(std::string(name_of(plan.function)) + "(" + type_name(argument.id) +
                            ") is not supported");
  }
  if (!is_extreme(plan.function)) {
    out.accumulator = make_accumulator(plan.function, argument.id);
    return out;
  }
  LEAT_ASSIGN_OR_RETURN(out.extremes, Extremes::open(state, name, plan.function, argument));
  return out;
}

Result<std::unique_ptr<AggregateOperator>> AggregateOperator::open(
    StateUnit& state, const std::string& name, OperatorPtr input, const Aggregate& plan,
    std::string error_prefix, StepMeter& meter) {
  std::vector<Call> calls;
  for (const AggregateCall& each : plan.calls) {
    const std::string call_name = name + "/" + std::to_string(calls.size());
    LEAT_ASSIGN_OR_RETURN(Call call, open_call(state, call_name, each, input->row_type()));
    calls.push_back(std::move(call));
  }
  LEAT_ASSIGN_OR_RETURN(auto* groups, state.table(name + "/groups", store::Grouping::by_key));
  RowType row_type = output_type(input->row_type(), plan);
  return std::unique_ptr<AggregateOperator>(
      new AggregateOperator(std::move(row_type), std::move(input), plan.group_columns,
                            std::move(calls), *groups, std::move(error_prefix), meter));
}

AggregateOperator::AggregateOperator(RowType row_type, OperatorPtr input,
                                     std::vector<int> group_columns, std::vector<Call> calls,
                                     store::BufferedTable& groups, std::string error_prefix,
                                     StepMeter& meter)
    : Operator(std::move(row_type)),
      input_(std::move(input)),
      group_columns_(std::move(group_columns)),
      group_type_(pick(input_->row_type(), group_columns_)),
      forms_vary_(std::any_of(group_type_.begin(), group_type_.end(), prints_differently)),
      result_type_(Operator::row_type().begin() + static_cast<ptrdiff_t>(group_columns_.size()),
                   Operator::row_type().end()),
      calls_(std::move(calls)),
      groups_(groups),
      error_prefix_(std::move(error_prefix)),
      meter_(meter),
      reader_(input_->row_type()),
      results_(calls_.size()) {}

Status AggregateOperator::step(StepOutput& out) {
  in_.clear();
  arena_.clear();
  noted_bytes_ = 0;
  LEAT_RETURN_IF_ERROR(input_->step(in_));
  move_errors(in_, out);
  in_.rows.consolidate();
  LEAT_RETURN_IF_ERROR(group_deltas());
  LEAT_RETURN_IF_ERROR(load_states());
  for (size_t group = 0; group < by_group_.keys().size(); ++group) {
    LEAT_RETURN_IF_ERROR(step_group(group, out));
  }
  return Ok{};
}

Status AggregateOperator::group_deltas() {
  by_group_.start(in_.rows.size() + 1);
  for (const Delta& delta : in_.rows.deltas()) {
    LEAT_RETURN_IF_ERROR(reader_.read(delta.row));
    scratch_.clear();
    append_key(reader_.type(), reader_.values(), group_columns_, &scratch_);
    by_group_.add(arena_.copy(scratch_));
    if (!hold_arena(kDeltaOverheadBytes)) return StepMeter::given_up();
  }
  // The one row over nothing is there from the first step on.
  if (is_global() && !std::exchange(started_, true)) by_group_.add({});
  return take_extremes();
}

Status AggregateOperator::take_extremes() {
  for (Call& call : calls_) {
    if (call.extremes == nullptr) continue;
    call.extremes->start(by_group_.keys());
    for (size_t group = 0; group < by_group_.keys().size(); ++group) {
      LEAT_RETURN_IF_ERROR(take_extremes(call, group));
    }
    LEAT_RETURN_IF_ERROR(call.extremes->finish());
    if (!meter_.hold(call.extremes->held_bytes())) return StepMeter::given_up();
  }
  return Ok{};
}

Status AggregateOperator::take_extremes(const Call& call, size_t group) {
  Status status;
  by_group_.for_each_member(group, [&](size_t member) {
    if (member >= in_.rows.size() || !status.ok()) return;
    const Delta& delta = in_.rows.deltas()[member];
    status = reader_.read(delta.row);
    const Datum& value = reader_.values()[static_cast<size_t>(call.argument)];
    if (!status.ok() || value.is_null()) return;
    call.extremes->add(group, value, delta.diff);
  });
  return status;
}

Status AggregateOperator::load_states() {
  states_.assign(by_group_.keys().size(), {});
  LEAT_RETURN_IF_ERROR(groups_.get(by_group_.keys(), [&](size_t group, std::string_view stored) {
    states_[group] = arena_.copy(stored);
  }));
  return hold_arena() ? Status() : StepMeter::given_up();
}

bool AggregateOperator::hold_arena(size_t bytes) {
  return meter_.hold(bytes + arena_.used() - std::exchange(noted_bytes_, arena_.used()));
}

Status AggregateOperator::step_group(size_t index, StepOutput& out) {
  Group group;
  LEAT_RETURN_IF_ERROR(load(states_[index], group));
  LEAT_RETURN_IF_ERROR(add_members(index, group));
  const Given before = group.given;
  group.given = Given();
  if (group.rows > 0 || is_global()) {
    LEAT_ASSIGN_OR_RETURN(group.given, compute(index, group));
  }
  const size_t held = give(index, before, group.given, out);
  store(index, group);
  return hold_arena(held) ? Status() : StepMeter::given_up();
}

Status AggregateOperator::load(std::string_view stored, Group& group) {
  for (Call& call : calls_) {
    if (call.accumulator != nullptr) call.accumulator->clear();
  }
  if (stored.empty()) return Ok{};
  ByteReader reader(stored);
  group.rows = reader.zigzag_varint();
  if (!load_forms(reader, group)) return unreadable();
  group.given.row = reader.sized();
  group.given.error = reader.sized();
  group.given.sqlstate = reader.sized();
  for (Call& call : calls_) {
    if (call.accumulator != nullptr) call.accumulator->load(reader);
  }
  return reader.done() ? Status() : unreadable();
}

bool AggregateOperator::load_forms(ByteReader& reader, Group& group) {
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const std::string_view row = reader.sized();
    group.forms[row] = reader.zigzag_varint();
  }
  return reader.ok();
}

Status AggregateOperator::add_members(size_t index, Group& group) {
  Status status;
  by_group_.for_each_member(index, [&](size_t member) {
    if (member >= in_.rows.size() || !status.ok()) return;
    const Delta& delta = in_.rows.deltas()[member];
    status = reader_.read(delta.row);
    if (!status.ok()) return;
    add_form(reader_.values(), delta.diff, group);
    group.rows += delta.diff;
    for (Call& call : calls_) {
      if (call.accumulator == nullptr) continue;
      const Datum& value = reader_.values()[static_cast<size_t>(call.argument)];
      if (!value.is_null()) call.accumulator->add(value, delta.diff);
    }
  });
  return status;
}

void AggregateOperator::add_form(std::span<const Datum> values, int32_t diff, Group& group) {
  if (!forms_vary_ && !group.forms.empty()) return;
  std::vector<Datum> picked;
  for (int column : group_columns_) picked.push_back(values[static_cast<size_t>(column)]);
  scratch_.clear();
  append_row(group_type_, picked, &scratch_);
  auto at = group.forms.find(scratch_);
  if (at == group.forms.end()) at = group.forms.emplace(arena_.copy(scratch_), 0).first;
  at->second += diff;
  if (forms_vary_ && at->second == 0) group.forms.erase(at);
}

Result<AggregateOperator::Given> AggregateOperator::compute(size_t index, const Group& group) {
  for (size_t i = 0; i < calls_.size(); ++i) {
    const Call& call = calls_[i];
    if (call.extremes != nullptr) {
      LEAT_ASSIGN_OR_RETURN(results_[i], call.extremes->best(index));
    } else if (call.accumulator == nullptr) {
      results_[i] = Datum::of_int(group.rows);
    } else {
      const ScalarResult result = call.accumulator->result(arena_);
      if (!result.ok()) {
        return Given{{}, arena_.copy(result.error().message), arena_.copy(result.error().sqlstate)};
      }
      results_[i] = *result;
    }
  }
  scratch_.clear();
  append_row(result_type_, results_, &scratch_);
  return Given{
      concat_rows(group.shown(), group_type_.size(), scratch_, result_type_.size(), arena_),
      {},
      {}};
}

size_t AggregateOperator::give(size_t index, const Given& before, const Given& now,
                               StepOutput& out) {
  size_t held = 0;
  if (before == now) return held;
  const auto give_one = [&](const Given& given, int32_t diff) {
    if (!given.row.empty()) {
      out.rows.add(given.row, diff);
      held += given.row.size() + kDeltaOverheadBytes;
    }
    if (given.error.empty()) return;
    const std::string message(given.error);
    held += give_error({error_prefix_ + std::string(by_group_.keys()[index]) + message, message,
                        std::string(given.sqlstate), diff},
                       out);
  };
  give_one(before, -1);
  give_one(now, +1);
  return held;
}

void AggregateOperator::store(size_t index, const Group& group) {
  const std::string_view key = by_group_.keys()[index];
  if (group.rows == 0 && !is_global()) return groups_.erase(key, 0);
  scratch_.clear();
  append_zigzag(&scratch_, group.rows);
  append_varint(&scratch_, group.forms.size());
  for (const auto& [row, count] : group.forms) {
    append_sized(&scratch_, row);
    append_zigzag(&scratch_, count);
  }
  append_sized(&scratch_, group.given.row);
  append_sized(&scratch_, group.given.error);
  append_sized(&scratch_, group.given.sqlstate);
  for (const Call& call : calls_) {
    if (call.accumulator != nullptr) call.accumulator->store(&scratch_);
  }
  groups_.put(key, 0, scratch_);
}

}  // namespace leat::joins
