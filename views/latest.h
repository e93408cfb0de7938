// The newest version of an immutable value, handed from one thread to many.
#pragma once

#include <memory>
#include <mutex>

namespace leat::views {

template <class T>
class Latest {
 public:
  std::shared_ptr<const T> get() const {
    std::lock_guard lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> value) {
    {
      std::lock_guard lock(mutex_);
      value_.swap(value);
    }
    // The old one, where nobody else holds it, goes here, outside of the lock.
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace leat::views
