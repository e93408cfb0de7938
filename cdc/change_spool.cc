#include "cdc/change_spool.h"

namespace leat::cdc {

std::string ChunkPool::take() {
  if (free_.empty()) return {};
  std::string out = std::move(free_.back());
  free_.pop_back();
  return out;
}

void ChunkPool::give_back(std::string chunk) {
  if (free_.size() >= kChunksMax || chunk.capacity() > 2 * ChangeSpool::kChunkBytes) return;
  chunk.clear();
  free_.push_back(std::move(chunk));
}

ChangeSpool::~ChangeSpool() {
  for (std::string& chunk : chunks_) pool_->give_back(std::move(chunk));
  if (file_ == nullptr) return;
  file_->file.reset();
  // What cannot be removed now is removed at the next start.
  (void)file_->fs->remove_file(file_->path);
}

void ChangeSpool::append(const PendingChange& change) {
  if (chunks_.empty() || chunks_.back().size() >= kChunkBytes) chunks_.push_back(pool_->take());
  std::string& chunk = chunks_.back();
  size_t size_before = chunk.size();
  append_pending_change(change, &chunk);
  memory_bytes_ += chunk.size() - size_before;
}

Status ChangeSpool::spill(Fs& fs, const std::string& path) {
  if (file_ == nullptr) {
    LEAT_ASSIGN_OR_RETURN(auto file, fs.open(path, OpenMode::create_new));
    file_ = std::make_unique<SpillFile>(SpillFile{&fs, path, std::move(file)});
  }
  for (std::string& chunk : chunks_) {
    LEAT_RETURN_IF_ERROR(file_->file->write_at(file_->size, chunk));
    file_->size += chunk.size();
    spilled_chunks_.push_back(chunk.size());
    pool_->give_back(std::move(chunk));
  }
  chunks_.clear();
  memory_bytes_ = 0;
  return Ok();
}

Status ChangeSpool::for_each_chunk(const std::function<Status(std::string_view)>& visit) const {
  uint64_t offset = 0;
  std::string buffer;
  for (size_t size : spilled_chunks_) {
    buffer.resize(size);
    LEAT_ASSIGN_OR_RETURN(size_t got, file_->file->read_at(offset, buffer.data(), size));
    if (got != size) return Error::permanent(file_->path + ": shorter than what was written to it");
    LEAT_RETURN_IF_ERROR(visit(buffer));
    offset += size;
  }
  for (const std::string& chunk : chunks_) LEAT_RETURN_IF_ERROR(visit(chunk));
  return Ok();
}

}  // namespace leat::cdc
