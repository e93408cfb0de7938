// Rows of a captured table from the images that the binlog holds.
//
// Columns that an image leaves out (binlog_row_image MINIMAL and NOBLOB) are unchanged ones: they
// are completed from the row before, as PostgreSQL's unchanged TOAST values are. A JSON column of
// which only the difference was logged is completed here, from the document in the image before.
#pragma once

#include "cdc/mysql/binlog/rows_event.h"
#include "cdc/mysql/table_binding.h"
#include "cdc/row_values.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Reads IMAGE into OUT, which is cleared first. BEFORE is the row before, of an update; else null.
// The values live until BINDING's next row, or the clear() of either row. Errors name the column.
Status read_image(const TableBinding& binding, const RowImage& image, const RowValues* before,
                  RowValues* out);
// The same of an inserted row: what it leaves out is its column's default, which is known where
// that is NULL. An error where it is not.
Status read_inserted(const TableBinding& binding, const RowImage& image, RowValues* out);

}  // namespace leat::cdc::mysql
