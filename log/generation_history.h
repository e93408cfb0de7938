// Which generation of a topic was current at which cut, from one LogState.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/change_log.h"

namespace leat::log {

class GenerationHistory {
 public:
  // The generations of TOPIC that STATE still has; those that ended at or before FORGET_UNTIL are
  // left out. STATE is kept.
  GenerationHistory(std::shared_ptr<const LogState> state, std::string_view topic,
                    CutId forget_until);

  // The generation that is current at CUT; null where there is none.
  const GenerationState* at(CutId cut) const;
  const GenerationState* find(GenerationId id) const;
  // The first cut after CUT at which another generation is current.
  std::optional<CutId> next_change(CutId cut) const;

 private:
  struct Span {
    const GenerationState* generation;
    CutId since;
    CutId until;
  };
  std::shared_ptr<const LogState> state_;
  std::vector<Span> spans_;  // by since
};

}  // namespace leat::log
