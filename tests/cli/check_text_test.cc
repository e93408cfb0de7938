#include "cli/text/check_text.h"

#include <catch2/catch.hpp>

namespace leat::cli {
namespace {

using cdc::FindingKind;

const std::vector<cdc::Finding> kFindings = {
    {FindingKind::ok, "wal_level is logical", ""},
    {FindingKind::fix, "role leat may not replicate", "ALTER ROLE leat REPLICATION;"},
    {FindingKind::stop, "public.events has no primary key; its changes cannot be told apart",
     "ALTER TABLE public.events ADD PRIMARY KEY (id);"},
    {FindingKind::note, "two lines follow", "first;\nsecond;"},
};

TEST_CASE("CheckNamesTheServerAndPutsEachMendingStatementBelowItsFinding") {
  CHECK(check_text("shop", {"PostgreSQL 15.20 at localhost:5432/shop", kFindings}) ==
        "source shop · PostgreSQL 15.20 at localhost:5432/shop\n"
        "  ok    wal_level is logical\n"
        "  fix   role leat may not replicate\n"
        "          ALTER ROLE leat REPLICATION;\n"
        "  stop  public.events has no primary key; its changes cannot be told apart\n"
        "          ALTER TABLE public.events ADD PRIMARY KEY (id);\n"
        "  note  two lines follow\n"
        "          first;\n"
        "          second;\n");
}

TEST_CASE("CheckEndsInCounts") {
  CHECK(counts_text(count_findings(kFindings)) == "1 ok, 1 to fix, 1 table stopped, 1 note");
  CHECK(counts_text({2, 0, 0, 0}) == "2 ok, 0 to fix, 0 notes");
}

}  // namespace
}  // namespace leat::cli
