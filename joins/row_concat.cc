#include "joins/row_concat.h"

#include <algorithm>
#include <cstdint>

namespace leat::joins {
namespace {

size_t bitmap_bytes(size_t columns) {
  return (columns + 7) / 8;
}

// ORs COLUMNS bits of FROM into TO from bit FIRST on. Bits past the last column are 0 in a row.
void or_bits(char* to, size_t first, const char* from, size_t columns) {
  const size_t shift = first % 8;
  to += first / 8;
  for (size_t i = 0; i < bitmap_bytes(columns); ++i) {
    const auto bits = static_cast<unsigned>(static_cast<uint8_t>(from[i])) << shift;
    to[i] = static_cast<char>(to[i] | static_cast<char>(bits & 0xff));
    if (bits > 0xff) to[i + 1] = static_cast<char>(to[i + 1] | static_cast<char>(bits >> 8));
  }
}

// A new row: the left bitmap and room for the rest of it, then the left fields; AT is set behind
// them.
char* start_row(std::string_view left, size_t left_columns, size_t columns, size_t right_bytes,
                Arena& arena, char** at, size_t* size) {
  const size_t left_bitmap = bitmap_bytes(left_columns);
  const size_t bitmap = bitmap_bytes(columns);
  const size_t left_fields = left.size() - left_bitmap;
  *size = bitmap + left_fields + right_bytes;
  char* row = arena.allocate(*size);
  left.copy(row, left_bitmap);
  std::fill(row + left_bitmap, row + bitmap, '\0');
  left.copy(row + bitmap, left_fields, left_bitmap);
  *at = row + bitmap + left_fields;
  return row;
}

}  // namespace

std::string_view concat_rows(std::string_view left, size_t left_columns, std::string_view right,
                             size_t right_columns, Arena& arena) {
  const size_t right_bitmap = bitmap_bytes(right_columns);
  const size_t right_fields = right.size() - right_bitmap;
  char* at = nullptr;
  size_t size = 0;
  char* row =
      start_row(left, left_columns, left_columns + right_columns, right_fields, arena, &at, &size);
  or_bits(row, left_columns, right.data(), right_columns);
  right.copy(at, right_fields, right_bitmap);
  return {row, size};
}

std::string_view concat_nulls(std::string_view left, size_t left_columns, size_t right_columns,
                              Arena& arena) {
  char* at = nullptr;
  size_t size = 0;
  char* row = start_row(left, left_columns, left_columns + right_columns, 0, arena, &at, &size);
  for (size_t i = left_columns; i < left_columns + right_columns; ++i) {
    row[i / 8] = static_cast<char>(row[i / 8] | 1 << i % 8);
  }
  return {row, size};
}

}  // namespace leat::joins
