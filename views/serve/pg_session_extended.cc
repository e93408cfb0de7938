// The extended query protocol: Parse, Bind, Describe, Execute.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/base/arena.h"
#include "log/model/binary_format.h"
#include "log/model/text_format.h"
#include "views/serve/client_text.h"
#include "views/serve/pg_session.h"
#include "views/serve/result_sink.h"

namespace leat::views::serve {
namespace {

using sql::SqlError;
using sql::SqlResult;

SqlResult<std::string> text_of_binary(Type type, std::string_view bytes) {
  Arena arena;
  auto datum = decode_binary(type, bytes, arena);
  if (!datum.ok()) return SqlError{datum.error().message(), "22P03", "", -1};
  std::string text;
  append_text(type.id, *datum, &text);
  return text;
}

bool formats_fit(const std::vector<pg::Format>& formats, size_t count) {
  return formats.size() <= 1 || formats.size() == count;
}

bool same_types(const std::vector<sql::OutputColumn>& a, const std::vector<sql::OutputColumn>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.type.id == y.type.id; });
}

}  // namespace

SqlResult<void> PgSession::parse(const pg::Parse& message) {
  LEAT_RETURN_IF_ERROR(check_text(message.text));
  if (!message.statement.empty() && statements_.find(message.statement) != statements_.end()) {
    return SqlError{fmt::format("prepared statement \"{}\" already exists", message.statement),
                    "42P05", "", -1};
  }
  if (statements_.size() >= limits_.statements_max) {
    return SqlError{
        fmt::format("too many prepared statements; at most {} may be open", limits_.statements_max),
        "53400", "close some, or DISCARD ALL", -1};
  }
  auto pieces = split_statements(message.text);
  std::string_view only = pieces.front();
  for (std::string_view piece : pieces) {
    auto command = parse_session_command(piece);
    if (command.ok() && std::holds_alternative<EmptyCommand>(*command)) continue;
    if (piece.data() != pieces.front().data() && !only.empty()) {
      return SqlError{"cannot insert multiple commands into a prepared statement", "42601", "", -1};
    }
    only = piece;
  }
  auto statement = executor_.parse(only, message.parameter_oids);
  if (!statement.ok()) return statement.error();
  statements_[std::string(message.statement)] =
      std::make_shared<const Statement>(std::move(*statement));
  pg::append_parse_complete(out());
  return Ok{};
}

SqlResult<void> PgSession::bind(const pg::Bind& message) {
  auto found = statement(message.statement);
  if (!found.ok()) return found.error();
  if (!message.portal.empty() && portals_.find(message.portal) != portals_.end()) {
    return SqlError{fmt::format("cursor \"{}\" already exists", message.portal), "42P03", "", -1};
  }
  if (portals_.size() >= limits_.statements_max) {
    return SqlError{"too many open portals", "53400", "", -1};
  }
  auto values = parameters(message, **found);
  if (!values.ok()) return values.error();
  auto query = executor_.bind(**found, *values);
  if (!query.ok()) return query.error();
  const auto& columns = (*found)->shape.columns;
  if (*query != nullptr && !same_types((*query)->columns(), columns)) {
    return SqlError{"cached plan must not change result type", "0A000",
                    "the view was replaced; prepare the statement again", -1};
  }
  if (!formats_fit(message.result_formats, columns.size())) {
    return SqlError{"bind message has the wrong number of result formats", "08P01", "", -1};
  }
  portals_[std::string(message.portal)] =
      Portal{*found, std::move(*query), message.result_formats, false, {}, {}};
  pg::append_bind_complete(out());
  return Ok{};
}

SqlResult<std::vector<sql::Parameter>> PgSession::parameters(const pg::Bind& message,
                                                             const Statement& statement) const {
  const std::vector<Type>& types = statement.shape.parameter_types;
  if (message.parameters.size() != types.size() ||
      !formats_fit(message.parameter_formats, types.size())) {
    return SqlError{
        fmt::format(
            "bind message supplies {} parameters, but prepared statement \"{}\" requires {}",
            message.parameters.size(), message.statement, types.size()),
        "08P01", "", -1};
  }
  std::vector<sql::Parameter> out;
  for (size_t i = 0; i < types.size(); ++i) {
    const auto& value = message.parameters[i];
    if (!value) {
      out.emplace_back();
    } else if (format_of(message.parameter_formats, i) == pg::Format::binary) {
      LEAT_ASSIGN_OR_RETURN(std::string text, text_of_binary(types[i], *value));
      out.emplace_back(std::move(text));
    } else {
      LEAT_RETURN_IF_ERROR(check_text(*value));
      out.emplace_back(std::string(*value));
    }
  }
  return out;
}

SqlResult<void> PgSession::describe(const pg::Describe& message) {
  const std::vector<sql::OutputColumn>* columns = nullptr;
  std::vector<pg::Format> formats;
  if (message.target == pg::Target::statement) {
    auto found = statement(message.name);
    if (!found.ok()) return found.error();
    std::vector<uint32_t> oids;
    for (const Type& type : (*found)->shape.parameter_types) oids.push_back(postgres_oid(type.id));
    pg::append_parameter_description(oids, out());
    columns = &(*found)->shape.columns;
  } else {
    auto found = portal(message.name);
    if (!found.ok()) return found.error();
    columns = &(*found)->statement->shape.columns;
    formats = (*found)->formats;
  }
  if (columns->empty()) {
    pg::append_no_data(out());
  } else {
    append_row_description(*columns, formats, out());
  }
  return Ok{};
}

SqlResult<void> PgSession::execute(const pg::Execute& message) {
  auto found = portal(message.portal);
  if (!found.ok()) return found.error();
  // Running a statement may drop portals (COMMIT): this one is on its own while it runs.
  Portal& running = **found;
  if (std::holds_alternative<EmptyCommand>(running.statement->command)) {
    pg::append_empty_query(out());
    return Ok{};
  }
  if (message.rows_max > 0 && !running.statement->shape.columns.empty()) {
    if (!running.started) LEAT_RETURN_IF_ERROR(fill(&running));
    fetch(&running, static_cast<size_t>(message.rows_max));
    return Ok{};
  }
  if (running.started) {
    fetch(&running, running.rows.size() + 1);
    return Ok{};
  }
  running.started = true;
  ResultSink sink(output_, running.formats, false);
  auto tag = run(*running.statement, running.query.get(), sink);
  if (!tag.ok()) return tag.error();
  running.tag = *tag;
  report_settings();
  pg::append_command_complete(sink.complete_tag(*tag), out());
  return Ok{};
}

SqlResult<void> PgSession::fill(Portal* portal) {
  portal->started = true;
  ResultSink sink(output_, portal->formats, &portal->rows, limits_.portal_bytes_max);
  auto tag = run(*portal->statement, portal->query.get(), sink);
  if (!tag.ok()) return tag.error();
  if (sink.full()) {
    portal->rows.clear();
    return SqlError{fmt::format("the result is larger than the {} bytes that are kept for a cursor",
                                limits_.portal_bytes_max),
                    "53400", "fetch it without a row limit, or ask for fewer rows", -1};
  }
  portal->tag = *tag;
  return Ok{};
}

void PgSession::fetch(Portal* portal, size_t rows_max) {
  size_t count = 0;
  for (; count < rows_max && !portal->rows.empty(); ++count) {
    *out() += portal->rows.front();
    portal->rows.pop_front();
    output_.flush_when_full();
  }
  if (portal->rows.empty() && count < rows_max) {
    pg::append_command_complete(complete_tag(portal->tag, count), out());
  } else {
    pg::append_portal_suspended(out());
  }
}

SqlResult<std::shared_ptr<const Statement>> PgSession::statement(std::string_view name) const {
  auto found = statements_.find(name);
  if (found != statements_.end()) return found->second;
  return SqlError{fmt::format("prepared statement \"{}\" does not exist", name), "26000", "", -1};
}

SqlResult<PgSession::Portal*> PgSession::portal(std::string_view name) {
  auto found = portals_.find(name);
  if (found != portals_.end()) return &found->second;
  return SqlError{fmt::format("portal \"{}\" does not exist", name), "34000", "", -1};
}

}  // namespace leat::views::serve
