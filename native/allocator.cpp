// The allocator behind every CPU tensor. It knows the live bytes exactly, refuses what would exceed a limit, and keeps
// freed blocks by size class, so that a loop whose steps make the same tensors takes nothing from the system.
#include "limen.hpp"
#include <c10/core/CPUAllocator.h>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <vector>

namespace {

constexpr size_t alignment = 64;
constexpr int steps = 8;                              // size classes in a doubling: at most 1/8 of a block is unused
constexpr int64_t no_limit = std::numeric_limits<int64_t>::max();
constexpr int64_t spare = int64_t(64) << 20;          // what the cache may hold besides a quarter of the peak

// Lies in front of the data and has the size of the alignment, so that the data is aligned too.
struct alignas(alignment) Block {
  size_t bytes;       // as asked
  int size_class;
};
static_assert(sizeof(Block) == alignment, "data follows the header at an aligned address");

// The smallest class that holds the bytes, and the capacity of a class: 64 times (8 + k) / 8 times a power of two.
int class_of(size_t bytes) {
  size_t units = (std::max<size_t>(bytes, alignment) + 7) / 8;  // >= steps
  int shift = 60 - __builtin_clzll(units);                      // units >> shift lies in [steps, 2 steps)
  size_t mantissa = (units + (size_t(1) << shift) - 1) >> shift;
  return shift * steps + static_cast<int>(mantissa) - steps;    // a mantissa of 2 steps is the next doubling's first
}
size_t capacity(int size_class) {
  return (size_t(steps) + size_class % steps) << (size_class / steps) << 3;
}

struct State {
  std::mutex mutex;
  std::vector<std::vector<Block*>> cache{61 * steps};
  std::atomic<int64_t> live{0};                  // bytes as asked; read without the lock
  int64_t peak = 0, limit = no_limit;
  int64_t held = 0, cached = 0, most = 0;        // capacities: in use, in the cache, the largest in use so far
  int64_t system = 0;                            // blocks taken from the system

  bool crowded(int64_t more) const { return held + cached + more > most + most / 4 + spare; }

  // Gives cached blocks back, the largest first, until `more` fits or the cache is empty.
  void evict(int64_t more) {
    for (int c = static_cast<int>(cache.size()) - 1; c >= 0 && cached > 0; c--)
      for (; !cache[c].empty() && crowded(more); cache[c].pop_back()) {
        cached -= capacity(c);
        std::free(cache[c].back());
      }
  }
};

State& state() {
  static State& one = *new State;  // never destroyed: tensors may outlive static destruction
  return one;
}

Block* take(size_t bytes) {
  auto& s = state();
  int c = class_of(bytes);
  int64_t size = capacity(c);
  std::lock_guard<std::mutex> lock(s.mutex);
  TORCH_CHECK(static_cast<int64_t>(bytes) <= s.limit - s.live, "tensor memory limit: ", bytes, " bytes were asked for, ",
              s.live.load(), " bytes are in use, and the limit is ", s.limit, " bytes");
  Block* block;
  if (s.cache[c].empty()) {
    s.evict(size);
    block = static_cast<Block*>(std::aligned_alloc(alignment, sizeof(Block) + size));
    TORCH_CHECK(block, "the system has no memory for a tensor of ", bytes, " bytes; ", s.live.load(), " bytes are in use");
    s.system++;
  } else {
    block = s.cache[c].back();
    s.cache[c].pop_back();
    s.cached -= size;
  }
  *block = {bytes, c};
  s.live += bytes;
  s.held += size;
  s.peak = std::max(s.peak, s.live.load());
  s.most = std::max(s.most, s.held);
  return block;
}

void give_back(void* data) {
  if (!data) return;
  auto block = static_cast<Block*>(data) - 1;
  auto& s = state();
  int64_t size = capacity(block->size_class);
  std::lock_guard<std::mutex> lock(s.mutex);
  s.live -= block->bytes;
  s.held -= size;
  if (s.crowded(size)) {
    std::free(block);
  } else {
    s.cached += size;
    s.cache[block->size_class].push_back(block);
  }
}

struct Allocator final : at::Allocator {
  at::DataPtr allocate(size_t bytes) const override {
    void* data = bytes ? take(bytes) + 1 : nullptr;
    return {data, data, &give_back, at::Device(at::kCPU)};
  }
  at::DeleterFnPtr raw_deleter() const override { return &give_back; }
};

}  // namespace

// Makes this allocator torch's own. Before any tensor is made.
LIMEN_API void limen_install_allocator() {
  static Allocator& one = *new Allocator;
  c10::SetCPUAllocator(&one, 100);
}

LIMEN_API int64_t limen_live_bytes() { return state().live.load(std::memory_order_relaxed); }

struct Memory {
  int64_t live, peak, cached, system;
};

LIMEN_API void limen_memory(Memory* out) {
  auto& s = state();
  std::lock_guard<std::mutex> lock(s.mutex);
  *out = {s.live.load(), s.peak, s.cached, s.system};
}

// A negative number: no limit.
LIMEN_API void limen_set_memory_limit(int64_t bytes) {
  auto& s = state();
  std::lock_guard<std::mutex> lock(s.mutex);
  s.limit = bytes < 0 ? no_limit : bytes;
}
