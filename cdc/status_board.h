// Where a source's thread says how it is, and others read it.
#pragma once

#include <mutex>
#include <utility>

#include "cdc/source.h"

namespace leat::cdc {

class StatusBoard {
 public:
  explicit StatusBoard(std::string source) { status_.name = std::move(source); }

  SourceStatus read() const {
    std::lock_guard lock(mutex_);
    return status_;
  }
  // EDIT gets the status; must be quick.
  template <class F>
  void edit(F&& edit) {
    std::lock_guard lock(mutex_);
    edit(status_);
  }

 private:
  mutable std::mutex mutex_;
  SourceStatus status_;
};

}  // namespace leat::cdc
