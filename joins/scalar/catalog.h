// What can be called: PostgreSQL's operators and functions on Leat's types, by name.
//
// The overloads of a name must be as complete as PostgreSQL's, or resolution would choose another
// one than PostgreSQL does: what Leat cannot compute stands here without a kernel, and is refused
// when it is chosen.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "joins/scalar/kernel.h"
#include "log/model/type.h"

namespace leat::joins {

// Stands for anynonarray: any type, which is passed as text.
inline constexpr TypeId kAnyType = TypeId{0};

struct CatalogEntry {
  std::string_view name;
  std::vector<TypeId> arguments;
  TypeId result;
  Kernel kernel;  // null: refused
};

class Catalog {
 public:
  // Lives as long as the process.
  static const Catalog& operators();
  static const Catalog& functions();

  void add(std::string_view name, std::vector<TypeId> arguments, TypeId result, Kernel kernel) {
    entries_.push_back({name, std::move(arguments), result, kernel});
  }
  // To be called once, behind the last add.
  void sort();
  std::span<const CatalogEntry> named(std::string_view name) const;

 private:
  std::vector<CatalogEntry> entries_;
};

// One for each family; operators and functions that belong together stand together.
void add_arithmetic(Catalog& operators, Catalog& functions);
void add_numeric_functions(Catalog& operators, Catalog& functions);
void add_comparisons(Catalog& operators);
void add_text_functions(Catalog& operators, Catalog& functions);
void add_text_search(Catalog& operators, Catalog& functions);
void add_datetime_arithmetic(Catalog& operators);
void add_datetime_functions(Catalog& functions);
void add_json_operators(Catalog& operators);

}  // namespace leat::joins
