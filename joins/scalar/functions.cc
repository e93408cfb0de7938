#include "joins/scalar/functions.h"

#include <algorithm>

#include "joins/scalar/call.h"
#include "joins/scalar/concat.h"
#include "joins/scalar/resolve.h"
#include "log/model/text_format.h"

namespace leat::joins {

namespace {

// Their results depend on more than their arguments, so a view over them would change by itself.
constexpr std::string_view kUnrepeatable[] = {
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "transaction_timestamp",
    "statement_timestamp",
    "clock_timestamp",
    "timeofday",
    "random",
    "setseed",
    "gen_random_uuid",
    "uuid_generate_v4",
    "nextval",
    "currval",
    "lastval",
    "pg_sleep",
    "txid_current",
    "pg_backend_pid",
};

bool is_unrepeatable(std::string_view name) {
  return std::find(std::begin(kUnrepeatable), std::end(kUnrepeatable), name) !=
         std::end(kUnrepeatable);
}

struct SqlTypeName {
  std::string_view name;
  TypeId type;
};

constexpr SqlTypeName kTypeNames[] = {
    {"bool", TypeId::boolean},
    {"boolean", TypeId::boolean},
    {"int2", TypeId::int16},
    {"smallint", TypeId::int16},
    {"int4", TypeId::int32},
    {"int", TypeId::int32},
    {"integer", TypeId::int32},
    {"int8", TypeId::int64},
    {"bigint", TypeId::int64},
    {"float4", TypeId::float32},
    {"real", TypeId::float32},
    {"float8", TypeId::float64},
    {"float", TypeId::float64},
    {"double precision", TypeId::float64},
    {"numeric", TypeId::numeric},
    {"decimal", TypeId::numeric},
    {"text", TypeId::text},
    {"varchar", TypeId::text},
    {"character varying", TypeId::text},
    {"name", TypeId::text},
    {"bpchar", TypeId::bpchar},
    {"character", TypeId::bpchar},
    {"bytea", TypeId::bytea},
    {"uuid", TypeId::uuid},
    {"date", TypeId::date},
    {"time", TypeId::time},
    {"time without time zone", TypeId::time},
    {"timetz", TypeId::timetz},
    {"time with time zone", TypeId::timetz},
    {"timestamp", TypeId::timestamp},
    {"timestamp without time zone", TypeId::timestamp},
    {"timestamptz", TypeId::timestamptz},
    {"timestamp with time zone", TypeId::timestamptz},
    {"interval", TypeId::interval},
    {"json", TypeId::json},
    {"jsonb", TypeId::jsonb},
};

// text(x), date(x): PostgreSQL's functional notation of a cast.
bool is_functional_cast(std::string_view name, const std::vector<ScalarPtr>& arguments) {
  TypeId type;
  return arguments.size() == 1 && Catalog::functions().named(name).empty() &&
         type_of_sql_name(name, &type);
}

}  // namespace

BindResult<ScalarPtr> bind_operator(std::string_view op, std::vector<ScalarPtr> operands) {
  LEAT_ASSIGN_OR_RETURN(auto call, resolve_operator(op, std::move(operands)));
  return make_call(std::string(call.entry->name), {call.entry->result}, call.entry->kernel,
                   std::move(call.arguments));
}

BindResult<ScalarPtr> bind_function(std::string_view name, std::vector<ScalarPtr> arguments) {
  if (is_unrepeatable(name)) {
    return BindError{"function " + std::string(name) +
                         "() is not supported: its result depends on more than the rows",
                     kFeatureNotSupported, ""};
  }
  if (name == "concat" || name == "concat_ws") return bind_concat(name, std::move(arguments));
  if (is_functional_cast(name, arguments)) {
    TypeId type;
    type_of_sql_name(name, &type);
    return bind_cast(std::move(arguments[0]), {type}, CastContext::explicit_cast);
  }
  LEAT_ASSIGN_OR_RETURN(auto call, resolve_function(name, std::move(arguments)));
  return make_call(std::string(name), {call.entry->result}, call.entry->kernel,
                   std::move(call.arguments));
}

bool is_scalar_function(std::string_view name) {
  TypeId type;
  return name == "concat" || name == "concat_ws" || is_unrepeatable(name) ||
         !Catalog::functions().named(name).empty() || type_of_sql_name(name, &type);
}

bool type_of_sql_name(std::string_view name, TypeId* out) {
  for (const SqlTypeName& entry : kTypeNames) {
    if (entry.name != name) continue;
    *out = entry.type;
    return true;
  }
  return false;
}

}  // namespace leat::joins
