// Checksums and hashes, by the names of their definitions.
#pragma once

#include <cstdint>
#include <string_view>

namespace leat {

// CRC-32C (Castagnoli), as in RFC 3720 and Kafka's RecordBatch. extend: crc32c(a+b) ==
// crc32c_extend(crc32c(a), b).
uint32_t crc32c_extend(uint32_t crc, std::string_view bytes);
inline uint32_t crc32c(std::string_view bytes) {
  return crc32c_extend(0, bytes);
}

// MurmurHash2, 32 bits, seed 0x9747b28c: what Kafka's default partitioner uses.
uint32_t murmur2(std::string_view bytes);
// The partition that Kafka's default partitioner gives a key.
int32_t kafka_partition_of(std::string_view key, int32_t partition_count);

// XXH3, 64 bits. For tables in memory; never stored.
uint64_t hash64(std::string_view bytes);

}  // namespace leat
