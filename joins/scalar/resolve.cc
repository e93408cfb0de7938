#include "joins/scalar/resolve.h"

#include <algorithm>

namespace leat::joins {

namespace {

using Candidates = std::vector<const CatalogEntry*>;

bool matches_exactly(const CatalogEntry& entry, const std::vector<OperandType>& types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i] || entry.arguments[i] != *types[i]) return false;
  }
  return true;
}

const CatalogEntry* find_exact(std::span<const CatalogEntry> entries,
                               const std::vector<OperandType>& types) {
  for (const CatalogEntry& entry : entries) {
    if (entry.arguments.size() == types.size() && matches_exactly(entry, types)) return &entry;
  }
  return nullptr;
}

bool is_callable(const CatalogEntry& entry, const std::vector<OperandType>& types) {
  if (entry.arguments.size() != types.size()) return false;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!can_coerce(types[i], entry.arguments[i], CastContext::implicit)) return false;
  }
  return true;
}

// Keeps the candidates with the highest score; all where none scores.
template <class Score>
void keep_best(Candidates* candidates, Score&& score) {
  int best = 0;
  for (const CatalogEntry* entry : *candidates) best = std::max(best, score(*entry));
  std::erase_if(*candidates, [&](const CatalogEntry* entry) { return score(*entry) < best; });
}

int exact_matches(const CatalogEntry& entry, const std::vector<OperandType>& types) {
  int count = 0;
  for (size_t i = 0; i < types.size(); ++i) count += types[i] && entry.arguments[i] == *types[i];
  return count;
}

int exact_or_preferred(const CatalogEntry& entry, const std::vector<OperandType>& types) {
  int count = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i]) continue;
    TypeId wanted = entry.arguments[i];
    bool preferred = type_category(wanted) == type_category(*types[i]) && is_preferred_type(wanted);
    count += wanted == *types[i] || preferred;
  }
  return count;
}

// What the candidates agree on for one untyped argument.
struct SlotCategory {
  char category = 0;
  bool has_preferred = false;
  bool conflict = false;
};

SlotCategory category_of_slot(const Candidates& candidates, size_t slot) {
  SlotCategory out;
  for (const CatalogEntry* entry : candidates) {
    TypeId type = entry->arguments[slot];
    char category = type_category(type);
    if (out.category == 0) {
      out.category = category;
      out.has_preferred = is_preferred_type(type);
    } else if (category == out.category) {
      out.has_preferred |= is_preferred_type(type);
    } else if (category == 'S') {
      out.category = 'S';
      out.has_preferred = is_preferred_type(type);
    } else {
      out.conflict = true;
    }
  }
  out.conflict = out.conflict && out.category != 'S';
  return out;
}

void resolve_untyped_slots(Candidates* candidates, const std::vector<OperandType>& types) {
  std::vector<SlotCategory> slots(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i]) continue;
    slots[i] = category_of_slot(*candidates, i);
    if (slots[i].conflict) return;
  }
  auto fits = [&](const CatalogEntry* entry) {
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i]) continue;
      TypeId type = entry->arguments[i];
      if (type_category(type) != slots[i].category) return false;
      if (slots[i].has_preferred && !is_preferred_type(type)) return false;
    }
    return true;
  };
  Candidates kept;
  std::copy_if(candidates->begin(), candidates->end(), std::back_inserter(kept), fits);
  if (!kept.empty()) *candidates = std::move(kept);
}

// Where all known arguments are of one type, the untyped ones are tried as that type too.
void assume_same_type(Candidates* candidates, const std::vector<OperandType>& types) {
  OperandType known;
  for (OperandType type : types) {
    if (type && known && *type != *known) return;
    if (type) known = type;
  }
  if (!known) return;
  std::vector<OperandType> assumed(types.size(), known);
  Candidates kept;
  for (const CatalogEntry* entry : *candidates) {
    if (is_callable(*entry, assumed)) kept.push_back(entry);
  }
  if (kept.size() == 1) *candidates = std::move(kept);
}

void narrow(Candidates* candidates, const std::vector<OperandType>& types) {
  keep_best(candidates, [&](const CatalogEntry& entry) { return exact_matches(entry, types); });
  if (candidates->size() == 1) return;
  keep_best(candidates, [&](const CatalogEntry& e) { return exact_or_preferred(e, types); });
  bool any_untyped = std::find(types.begin(), types.end(), OperandType()) != types.end();
  if (candidates->size() == 1 || !any_untyped) return;
  resolve_untyped_slots(candidates, types);
  if (candidates->size() > 1) assume_same_type(candidates, types);
}

std::vector<OperandType> with_untyped_as_other(std::vector<OperandType> types) {
  if (types.size() == 2 && !types[0]) types[0] = types[1];
  if (types.size() == 2 && !types[1]) types[1] = types[0];
  return types;
}

BindResult<std::vector<ScalarPtr>> coerce_arguments(const CatalogEntry& entry,
                                                    std::vector<ScalarPtr> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    // A value for "any" is passed as its text.
    bool any = entry.arguments[i] == kAnyType;
    TypeId type = any ? TypeId::text : entry.arguments[i];
    auto context = any ? CastContext::explicit_cast : CastContext::implicit;
    if (operand_type(*arguments[i]) == OperandType(type)) continue;
    LEAT_ASSIGN_OR_RETURN(arguments[i], bind_cast(std::move(arguments[i]), {type}, context));
  }
  return arguments;
}

std::string call_text(std::string_view name, const std::vector<OperandType>& types) {
  std::string out(name);
  out.push_back('(');
  for (size_t i = 0; i < types.size(); ++i) {
    if (i != 0) out.append(", ");
    out.append(operand_type_name(types[i]));
  }
  return out + ")";
}

std::string operation_text(std::string_view op, const std::vector<OperandType>& types) {
  std::string right = std::string(op) + " " + operand_type_name(types.back());
  return types.size() == 1 ? right : operand_type_name(types.front()) + " " + right;
}

BindResult<ResolvedCall> resolve(std::span<const CatalogEntry> entries, const std::string& kind,
                                 const std::string& text, std::vector<ScalarPtr> operands,
                                 bool is_operator) {
  const CatalogEntry* entry = nullptr;
  switch (choose(entries, operand_types(operands), is_operator, &entry)) {
    case Choice::none:
      return BindError{
          is_operator ? kind + " does not exist: " + text : kind + " " + text + " does not exist",
          "42883",
          "No " + kind +
              " matches the given name and argument types. You might need to add "
              "explicit type casts."};
    case Choice::ambiguous:
      return BindError{
          is_operator ? kind + " is not unique: " + text : kind + " " + text + " is not unique",
          "42725",
          "Could not choose a best candidate " + kind +
              ". You might need to add explicit type casts."};
    case Choice::found:
      break;
  }
  if (entry->kernel == nullptr) {
    return BindError{kind + " " + text + " is not supported", kFeatureNotSupported, ""};
  }
  LEAT_ASSIGN_OR_RETURN(auto arguments, coerce_arguments(*entry, std::move(operands)));
  return ResolvedCall{entry, std::move(arguments)};
}

}  // namespace

Choice choose(std::span<const CatalogEntry> entries, const std::vector<OperandType>& types,
              bool is_operator, const CatalogEntry** out) {
  auto likely = is_operator ? with_untyped_as_other(types) : types;
  *out = find_exact(entries, likely);
  if (*out != nullptr) return Choice::found;
  Candidates candidates;
  for (const CatalogEntry& entry : entries) {
    if (is_callable(entry, types)) candidates.push_back(&entry);
  }
  if (candidates.empty()) return Choice::none;
  if (candidates.size() > 1) narrow(&candidates, types);
  if (candidates.size() > 1) return Choice::ambiguous;
  *out = candidates.front();
  return Choice::found;
}

BindResult<ResolvedCall> resolve_operator(std::string_view op, std::vector<ScalarPtr> operands) {
  if (op == "!=") op = "<>";
  std::string text = operation_text(op, operand_types(operands));
  return resolve(Catalog::operators().named(op), "operator", text, std::move(operands), true);
}

BindResult<ResolvedCall> resolve_function(std::string_view name, std::vector<ScalarPtr> arguments) {
  std::string text = call_text(name, operand_types(arguments));
  return resolve(Catalog::functions().named(name), "function", text, std::move(arguments), false);
}

}  // namespace leat::joins
