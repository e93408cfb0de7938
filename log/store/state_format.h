// FORMAT in a state directory: which form everything in it has. RocksDB knows its own files, but
// not what our keys and rows in them mean.
#pragma once

#include <string>

#include "log/base/fs.h"
#include "log/base/status.h"

namespace leat::store {

// Changes with the form of any table's keys or rows.
inline constexpr int kStateFormat = 2;

// Makes FORMAT in DIR where nothing is there yet. A permanent error that names the file and says
// what to do: the directory is of another version, or of none.
Status check_state_format(Fs& fs, const std::string& dir);

}  // namespace leat::store
