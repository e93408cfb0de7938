// Relations in memory, rows given as text: a catalog and a snapshot for tests of SQL and queries.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/arena.h"
#include "log/base/check.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "views/relation.h"

namespace leat::test {

class MemoryRelations : public views::RelationCatalog, public views::ReadSnapshot {
 public:
  using Row = std::vector<std::optional<std::string>>;

  // NAME is whole: "shop.public.orders", or a view's.
  void add(views::RelationKind kind, const std::string& name, std::vector<Column> columns,
           std::vector<int> key_columns, std::vector<std::string> generated_columns = {}) {
    views::RelationInfo info;
    info.kind = kind;
    info.name = name;
    info.visible_columns = static_cast<int>(columns.size());
    info.schema.columns = std::move(columns);
    info.schema.key_columns = std::move(key_columns);
    info.schema.generated_columns = std::move(generated_columns);
    relations_[name] = {std::move(info), {}};
  }

  // Puts the row in the place of the one with its key, if there is one; returns that one's bytes.
  std::optional<std::string> insert(const std::string& name, const Row& text) {
    Relation& relation = relations_.at(name);
    auto [key, row] = encode(relation.info.schema, text);
    std::string& place = relation.rows[key];
    std::optional<std::string> before;
    if (!place.empty()) before = std::move(place);
    place = std::move(row);
    return before;
  }

  // Removes the row with TEXT's key columns; returns its bytes, if there was one.
  std::optional<std::string> erase(const std::string& name, const Row& text) {
    Relation& relation = relations_.at(name);
    auto found = relation.rows.find(encode(relation.info.schema, text).first);
    if (found == relation.rows.end()) return std::nullopt;
    std::string before = std::move(found->second);
    relation.rows.erase(found);
    return before;
  }

  // The bytes of a row as insert() would keep them.
  std::string row_bytes(const std::string& name, const Row& text) const {
    return encode(relations_.at(name).info.schema, text).second;
  }

  Result<views::RelationInfo> resolve(const std::vector<std::string>& parts) const override {
    std::string suffix = parts[0];
    for (size_t i = 1; i < parts.size(); ++i) suffix += "." + parts[i];
    for (const auto& [name, relation] : relations_)
      if (name == suffix || ends_with(name, "." + suffix)) return relation.info;
    return Error::permanent("relation \"" + suffix + "\" does not exist");
  }

  CutId cut() const override { return CutId(1); }

  Status scan(std::string_view name, std::string_view key_prefix,
              const std::function<bool(std::string_view row)>& row) const override {
    const Relation& relation = relations_.at(std::string(name));
    for (auto at = relation.rows.lower_bound(std::string(key_prefix));
         at != relation.rows.end() && at->first.compare(0, key_prefix.size(), key_prefix) == 0;
         ++at) {
      ++rows_scanned_;
      if (!row(at->second)) break;
    }
    return {};
  }

  // By all scans so far.
  size_t rows_scanned() const { return rows_scanned_; }

 private:
  struct Relation {
    views::RelationInfo info;
    std::map<std::string, std::string> rows;  // by key
  };

  // Key and row.
  static std::pair<std::string, std::string> encode(const Schema& schema, const Row& text) {
    RowType type = schema.row_type();
    LEAT_CHECK(type.size() == text.size());
    Arena arena;
    std::vector<Datum> values;
    for (size_t i = 0; i < type.size(); ++i) values.push_back(parse(type[i], text[i], arena));
    std::pair<std::string, std::string> encoded;
    append_key(type, values, schema.key_columns, &encoded.first);
    append_row(type, values, &encoded.second);
    return encoded;
  }

  static bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
  }

  static Datum parse(Type type, const std::optional<std::string>& text, Arena& arena) {
    if (!text) return Datum::null();
    auto value = parse_text(type.id, arena.copy(*text), arena);
    LEAT_CHECK(value.ok());
    return *value;
  }

  std::map<std::string, Relation> relations_;
  mutable size_t rows_scanned_ = 0;
};

}  // namespace leat::test
