// Values as a query returns them, for a snapshot: the same values, byte for byte, that the binlog's
// decoder gives of the same columns (type_mapping.h).
#pragma once

#include <memory>
#include <string>

#include "cdc/mysql/binlog/value_decoder.h"
#include "cdc/mysql/type_mapping.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// What to SELECT so that the column's values come exactly: servers print a FLOAT with six digits,
// and the connector makes something else of a BIT.
std::string select_expression(const MappedColumn& column);

// Decodes what that returns through a Client (client.h).
Result<std::unique_ptr<ValueDecoder>> make_text_decoder(const MappedColumn& column);

}  // namespace leat::cdc::mysql
