#include "cdc/mysql/binlog/event_type.h"

namespace leat::cdc::mysql {
namespace {

struct Name {
  EventType type;
  const char* name;
};
constexpr Name kNames[] = {
    {EventType::query, "QUERY"},
    {EventType::stop, "STOP"},
    {EventType::rotate, "ROTATE"},
    {EventType::intvar, "INTVAR"},
    {EventType::rand, "RAND"},
    {EventType::user_var, "USER_VAR"},
    {EventType::format_description, "FORMAT_DESCRIPTION"},
    {EventType::xid, "XID"},
    {EventType::begin_load_query, "BEGIN_LOAD_QUERY"},
    {EventType::execute_load_query, "EXECUTE_LOAD_QUERY"},
    {EventType::table_map, "TABLE_MAP"},
    {EventType::write_rows_v1, "WRITE_ROWS_V1"},
    {EventType::update_rows_v1, "UPDATE_ROWS_V1"},
    {EventType::delete_rows_v1, "DELETE_ROWS_V1"},
    {EventType::incident, "INCIDENT"},
    {EventType::heartbeat, "HEARTBEAT"},
    {EventType::ignorable, "IGNORABLE"},
    {EventType::rows_query, "ROWS_QUERY"},
    {EventType::write_rows, "WRITE_ROWS"},
    {EventType::update_rows, "UPDATE_ROWS"},
    {EventType::delete_rows, "DELETE_ROWS"},
    {EventType::gtid, "GTID"},
    {EventType::anonymous_gtid, "ANONYMOUS_GTID"},
    {EventType::previous_gtids, "PREVIOUS_GTIDS"},
    {EventType::transaction_context, "TRANSACTION_CONTEXT"},
    {EventType::view_change, "VIEW_CHANGE"},
    {EventType::xa_prepare, "XA_PREPARE"},
    {EventType::partial_update_rows, "PARTIAL_UPDATE_ROWS"},
    {EventType::transaction_payload, "TRANSACTION_PAYLOAD"},
    {EventType::heartbeat_v2, "HEARTBEAT_V2"},
    {EventType::gtid_tagged, "GTID_TAGGED"},
    {EventType::annotate_rows, "ANNOTATE_ROWS"},
    {EventType::binlog_checkpoint, "BINLOG_CHECKPOINT"},
    {EventType::mariadb_gtid, "GTID"},
    {EventType::gtid_list, "GTID_LIST"},
    {EventType::start_encryption, "START_ENCRYPTION"},
    {EventType::query_compressed, "QUERY_COMPRESSED"},
    {EventType::write_rows_compressed_v1, "WRITE_ROWS_COMPRESSED_V1"},
    {EventType::update_rows_compressed_v1, "UPDATE_ROWS_COMPRESSED_V1"},
    {EventType::delete_rows_compressed_v1, "DELETE_ROWS_COMPRESSED_V1"},
    {EventType::write_rows_compressed, "WRITE_ROWS_COMPRESSED"},
    {EventType::update_rows_compressed, "UPDATE_ROWS_COMPRESSED"},
    {EventType::delete_rows_compressed, "DELETE_ROWS_COMPRESSED"},
    {EventType::partial_row_data, "PARTIAL_ROW_DATA"},
};

}  // namespace

std::string event_name(EventType type) {
  for (const Name& known : kNames) {
    if (known.type == type) return known.name;
  }
  return "event type " + std::to_string(static_cast<int>(type));
}

}  // namespace leat::cdc::mysql
