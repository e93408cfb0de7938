// Finds relations by the names that people write.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "log/change_log.h"
#include "views/relation.h"

namespace leat::views {

// A set of names, fixed when it is filled. A topic source.schema.table answers to its whole name
// and to what follows a dot in it, while that means one thing; a view answers to its name.
class NameTable final : public RelationCatalog {
 public:
  // Names of what is added first win over equal names of what is added later with another kind.
  void add(RelationInfo info);
  // A view that is there but cannot say its columns: naming it is answered with REASON.
  void add_unavailable(const std::string& name, std::string reason);

  Result<RelationInfo> resolve(const std::vector<std::string>& parts) const override;

 private:
  Error unknown(const std::string& name) const;

  std::vector<RelationInfo> relations_;
  std::map<std::string, std::string, std::less<>> unavailable_;
  std::multimap<std::string, size_t, std::less<>> by_name_;  // every way to write it → relations_
};

// The topics of STATE, with the schema of their current generation, else of the one being filled;
// Leat's own topics are left out.
void add_topics(const log::ChangeLog& log, const log::LogState& state, NameTable* names);

// How many single-character edits lead from one to the other.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace leat::views
