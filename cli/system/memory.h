// What the process takes from the machine: memory and open files.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leat::cli {

// What this process holds in RAM; 0 where the kernel does not say.
uint64_t resident_bytes();

// Makes glibc's allocator give back what is freed: few arenas (each keeps its own free memory), and
// large blocks straight from the kernel. Before any other thread.
void bound_allocator();

// Gives back what is free now: after a copy or a build, whose buffers are of no more use. Takes
// milliseconds.
void return_free_memory();

// Raises the limit of open files as far as it may, but not beyond what Leat could ever use; returns
// the new one. The parts take their shares of it.
size_t raise_open_files_limit();
size_t open_files_limit();
// 0 where the kernel does not say.
size_t open_files();

}  // namespace leat::cli
