#include "cdc/mysql/binlog/value_decoder.h"

#include "cdc/mysql/binlog/column_metadata.h"
#include "cdc/mysql/binlog/decoder_of.h"

namespace leat::cdc::mysql {

Result<std::unique_ptr<ValueDecoder>> make_value_decoder(const TableColumn& column,
                                                         const DecodeOptions& options) {
  if (options.declared != DeclaredType::as_logged) {
    return declared_decoder(column, options.declared);
  }
  if (is_character(column.type)) return string_decoder(column);
  if (is_enumerated(column.type)) return label_decoder(column);
  ValueDecoderPtr decoder = number_decoder(column);
  if (decoder == nullptr) decoder = temporal_decoder(column, options.dates_as_text);
  if (decoder == nullptr) decoder = document_decoder(column);
  if (decoder == nullptr) return Error::permanent("a column without a type");
  return decoder;
}

}  // namespace leat::cdc::mysql
