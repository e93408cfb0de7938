#include "joins/scalar/catalog.h"

#include <algorithm>

namespace leat::joins {

namespace {

struct Catalogs {
  Catalog operators;
  Catalog functions;
};

Catalogs make_catalogs() {
  Catalogs out;
  add_arithmetic(out.operators, out.functions);
  add_numeric_functions(out.operators, out.functions);
  add_comparisons(out.operators);
  add_text_functions(out.operators, out.functions);
  add_text_search(out.operators, out.functions);
  add_datetime_arithmetic(out.operators);
  add_datetime_functions(out.functions);
  add_json_operators(out.operators);
  out.operators.sort();
  out.functions.sort();
  return out;
}

const Catalogs& catalogs() {
  static const Catalogs all = make_catalogs();
  return all;
}

struct ByName {
  bool operator()(const CatalogEntry& a, std::string_view b) const { return a.name < b; }
  bool operator()(std::string_view a, const CatalogEntry& b) const { return a < b.name; }
  bool operator()(const CatalogEntry& a, const CatalogEntry& b) const { return a.name < b.name; }
};

}  // namespace

const Catalog& Catalog::operators() {
  return catalogs().operators;
}
const Catalog& Catalog::functions() {
  return catalogs().functions;
}

void Catalog::sort() {
  std::stable_sort(entries_.begin(), entries_.end(), ByName{});
}

std::span<const CatalogEntry> Catalog::named(std::string_view name) const {
  auto [first, last] = std::equal_range(entries_.begin(), entries_.end(), name, ByName{});
  return {first, last};
}

}  // namespace leat::joins
