// The store on a disk that is really full.
#include <catch2/catch.hpp>
#include <thread>

#include "log/store/store.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/small_disk.h"

namespace leat::store {
namespace {

using namespace std::chrono_literals;
using test::SmallDisk;
using test::TempDir;

constexpr TableId kRows{0};

Result<std::unique_ptr<Store>> open_store(const TempDir& dir) {
  StoreOptions options;
  options.path = dir / "disk/state";
  options.block_cache_bytes = 8 << 20;
  options.tables = {"rows"};
  return Store::open(options);
}

// A megabyte that nothing makes smaller.
void put_megabyte(Store& store, uint64_t seed) {
  test::Random random(seed);
  for (int i = 0; i < 1024; ++i) {
    std::string value;
    for (int byte = 0; byte < 1024; ++byte) value += static_cast<char>(random.below(256));
    WriteBatch batch(store);
    batch.put(kRows, std::to_string(i), value);
    REQUIRE(store.write(batch).ok());
  }
}

void until_it_waits(const Store& store) {
  while (store.paused_reason().empty()) std::this_thread::sleep_for(1ms);
}

TEST_CASE("AFlushThatFindsNoRoomWhenTheStoreIsClosedIsLeftOut") {
  TempDir dir;
  SmallDisk disk(dir / "disk", "32m");
  if (!disk.mounted()) {
    WARN("not run: only root may mount a file system");
    return;
  }
  auto store = open_store(dir).value();
  put_megabyte(*store, 1);
  REQUIRE(store->flush({&kRows, 1}).ok());
  put_megabyte(*store, 2);
  disk.fill(0);
  REQUIRE(store->begin_flush({&kRows, 1}).ok());
  until_it_waits(*store);

  store->give_up_waiting();
  auto done = store->flush_is_done({&kRows, 1});
  while (done.ok() && !*done) {
    std::this_thread::sleep_for(1ms);
    done = store->flush_is_done({&kRows, 1});
  }
  REQUIRE(!done.ok());
  CHECK(done.error().is_transient());
  for (int i = 0; i < 3; ++i) {  // each is a line in RocksDB's own log: it finds no room either
    Status again = store->flush({&kRows, 1});
    REQUIRE(!again.ok());
    CHECK(again.error().is_transient());
  }
  store.reset();

  disk.make_room();
  store = open_store(dir).value();
  put_megabyte(*store, 3);
  CHECK(store->flush({&kRows, 1}).ok());
}

TEST_CASE("AStoreThatFindsNoRoomAtItsOpeningCanBeOpenedLater") {
  TempDir dir;
  SmallDisk disk(dir / "disk", "32m");
  if (!disk.mounted()) {
    WARN("not run: only root may mount a file system");
    return;
  }
  auto store = open_store(dir).value();
  put_megabyte(*store, 1);
  REQUIRE(store->flush({&kRows, 1}).ok());
  store.reset();
  for (int i = 0; i < 3; ++i) {
    disk.fill(0);
    auto full = open_store(dir);
    if (!full.ok()) CHECK(full.error().is_transient());
  }
  disk.make_room();
  store = open_store(dir).value();
  CHECK(store->get(kRows, "7").value().has_value());
}

}  // namespace
}  // namespace leat::store
