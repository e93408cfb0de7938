// Two small relations for fuzzers of SQL, as tables of a source or as views.
#pragma once

#include "tests/support/memory_relations.h"

namespace leat::fuzz {

inline test::MemoryRelations make_relations(views::RelationKind kind) {
  test::MemoryRelations relations;
  relations.add(kind, "customers",
                {{"id", Type{TypeId::int32}, false},
                 {"name", Type{TypeId::text}, true},
                 {"credit", Type{TypeId::numeric}, true},
                 {"since", Type{TypeId::date}, true},
                 {"active", Type{TypeId::boolean}, true}},
                {0});
  relations.add(kind, "orders",
                {{"id", Type{TypeId::int64}, false},
                 {"customer_id", Type{TypeId::int32}, true},
                 {"placed", Type{TypeId::timestamp}, true},
                 {"rating", Type{TypeId::float64}, true}},
                {0});
  relations.insert("customers", {"1", "Ada", "1.50", "2020-01-31", "true"});
  relations.insert("customers", {"2", std::nullopt, "NaN", "infinity", std::nullopt});
  relations.insert("orders", {"10", "1", "2026-01-01 00:00:00", "4.5"});
  relations.insert("orders", {"11", std::nullopt, std::nullopt, "-Infinity"});
  return relations;
}

}  // namespace leat::fuzz
