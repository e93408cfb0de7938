// All views as of one cut, as readers see them: immutable, shared between threads.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "log/store/store.h"
#include "views/relation.h"
#include "views/view_status.h"
#include "views/view_tables.h"

namespace leat::views {

// A view's rows, where they are and whether they may be read.
struct ReadableView {
  std::shared_ptr<const RelationInfo> info;
  ViewId id;
  store::TableId rows;
  ViewStatus status;
  // Why no row of it can be read, with PostgreSQL's sentence for a failing expression; empty: they
  // can.
  std::string unreadable;
};

class ViewSnapshot final : public ReadSnapshot {
 public:
  using Views = std::map<std::string, ReadableView, std::less<>>;

  // ROWS must be of the moment when every live view stood at CUT.
  ViewSnapshot(CutId cut, std::shared_ptr<const store::Snapshot> rows, Views views)
      : cut_(cut), rows_(std::move(rows)), views_(std::move(views)) {}

  CutId cut() const override { return cut_; }
  Status scan(std::string_view relation, std::string_view key_prefix,
              const std::function<bool(std::string_view row)>& row) const override;
  Status check_one_cut(std::span<const std::string> relations) const override;

  const Views& views() const { return views_; }

 private:
  CutId cut_;
  std::shared_ptr<const store::Snapshot> rows_;
  Views views_;
};

}  // namespace leat::views
