#include "cli/config/yaml_node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace leat::cli {
namespace {

constexpr size_t kNodesMax = 100'000;
constexpr size_t kDepthMax = 64;

// Builds the tree from the parser's events: yaml-cpp's own tree would merge keys that stand twice
// and forget the lines of keys.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  Result<YamlNode> take() {
    if (error_) return *error_;
    return std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    add(mark, {YamlNode::Kind::null, line_of(mark), {}, {}, {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases (*name) are not supported; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    bool plain = tag != "!";  // yaml-cpp's mark of a quoted scalar
    bool null = plain && (value.empty() || value == "~" || value == "null");
    auto kind = null && !expects_key() ? YamlNode::Kind::null : YamlNode::Kind::scalar;
    add(mark, {kind, line_of(mark), value, {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come; of a map, the key whose value comes next.
  struct Open {
    YamlNode node;
    std::optional<YamlEntry> key;
  };

  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::map && !open_.back().key;
  }

  void fail(const YAML::Mark& mark, const std::string& message) {
    if (error_) return;
    error_ = Error::permanent(file_ + ":" + std::to_string(line_of(mark)) + ": " + message);
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (expects_key()) fail(mark, "a key must be plain text");
    if (open_.size() >= kDepthMax) fail(mark, "nested too deeply");
    open_.push_back({{kind, line_of(mark), {}, {}, {}}, std::nullopt});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  void add(const YAML::Mark& mark, YamlNode node) {
    if (++node_count_ > kNodesMax) return fail(mark, "too large for a configuration");
    if (!expects_key()) return put(std::move(node));
    const auto& entries = open_.back().node.entries;
    auto same = std::find_if(entries.begin(), entries.end(),
                             [&](const YamlEntry& entry) { return entry.key == node.scalar; });
    if (same != entries.end()) {
      fail(mark, "key '" + node.scalar + "' stands twice; the first is in line " +
                     std::to_string(same->line));
    }
    open_.back().key = YamlEntry{node.scalar, node.line, {}};
  }

  // Puts a whole value where it belongs.
  void put(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.key->value = std::move(node);
      parent.node.entries.push_back(std::move(*parent.key));
      parent.key.reset();
    }
  }

  std::string file_;
  std::vector<Open> open_;
  YamlNode root_;
  std::optional<Error> error_;
  size_t node_count_ = 0;
};

}  // namespace

Result<YamlNode> parse_yaml(const std::string& file, std::string_view text) {
  TreeBuilder builder(file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    return Error::permanent(file + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
  return builder.take();
}

}  // namespace leat::cli
