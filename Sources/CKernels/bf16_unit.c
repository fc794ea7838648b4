#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "bf16_unit.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "include/instruction_set.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

/// The unit in use, or −1 before the first question.
static atomic_int current_unit = -1;

#if defined(__x86_64__)
static bool has_pairs(void) {
  unsigned a, b, c, d;
  if (!unfold_instruction_set_available(UNFOLD_AVX512)) return false;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1);
}

/// The processor has the tiles, and the system grants this process their registers, which it does not save unasked.
static bool has_tiles(void) {
#if defined(__linux__)
  enum { tile_bit = 24, tile_bf16_bit = 22, request_permission = 0x1023, tile_data = 18 };
  unsigned a, b, c, d;
  if (!has_pairs() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  if (!(d >> tile_bit & 1) || !(d >> tile_bf16_bit & 1)) return false;
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
  return false;
#endif
}
#endif

int unfold_bf16_unit_available(unfold_bf16_unit unit) {
  switch (unit) {
    case UNFOLD_BF16_CONVERTED: return 1;
#if defined(__x86_64__)
    case UNFOLD_BF16_PAIRS: return has_pairs();
    case UNFOLD_BF16_TILES: return has_tiles();
#endif
    default: return 0;
  }
}

/// Intel's processors take two cycles for a vector of pairs, longer than for converting them (Sapphire Rapids: 70
/// against 100 GFLOP/s): there the pairs are used only when asked for.
static unfold_bf16_unit best_unit(void) {
#if defined(__x86_64__)
  if (has_tiles()) return UNFOLD_BF16_TILES;
  __builtin_cpu_init();
  if (has_pairs() && !__builtin_cpu_is("intel")) return UNFOLD_BF16_PAIRS;
#endif
  return UNFOLD_BF16_CONVERTED;
}

unfold_bf16_unit unfold_bf16_unit_current(void) {
  if (unfold_instruction_set_current() != UNFOLD_AVX512) return UNFOLD_BF16_CONVERTED;
  int unit = atomic_load_explicit(&current_unit, memory_order_relaxed);
  if (unit >= 0) return (unfold_bf16_unit)unit;

  int best = best_unit();
  // Keeps what another thread selected meanwhile.
  int expected = -1;
  if (!atomic_compare_exchange_strong(&current_unit, &expected, best)) best = expected;
  return (unfold_bf16_unit)best;
}

int unfold_bf16_unit_select(unfold_bf16_unit unit) {
  if (!unfold_bf16_unit_available(unit)) return 0;
  atomic_store(&current_unit, (int)unit);
  return 1;
}

int unfold_bf16_split_is_fast(void) { return unfold_bf16_unit_current() == UNFOLD_BF16_TILES; }

#define FUNCTIONS(set)                                                                                               \
  (bf16_functions) {                                                                                                 \
    unfold_bf16_multiply_##set##_f32, unfold_bf16_round_##set##_f32, unfold_bf16_pack_##set##_f32,                   \
        unfold_bf16_gather_##set##_f32, NULL, sizeof(float) * parts, 384, 2 * BF16_ROWS                              \
  }

bf16_functions unfold_bf16_functions(unfold_bf16_parts parts) {
  switch (unfold_instruction_set_current()) {
#if defined(__aarch64__)
    case UNFOLD_NEON: return FUNCTIONS(neon);
#elif defined(__x86_64__)
    case UNFOLD_AVX2: return FUNCTIONS(avx2);
    case UNFOLD_AVX512: {
      bf16_functions functions = FUNCTIONS(avx512);
      const unfold_bf16_unit unit = unfold_bf16_unit_current();
      if (unit == UNFOLD_BF16_CONVERTED || (unit == UNFOLD_BF16_PAIRS && parts != UNFOLD_BF16_ROUNDED)) {
        return functions;
      }
      const bool tiles = unit == UNFOLD_BF16_TILES;
      functions.multiply = tiles ? unfold_bf16_multiply_tiles : unfold_bf16_multiply_pairs;
      functions.round = tiles ? unfold_bf16_round_tiles : unfold_bf16_round_pairs;
      if (!tiles) {
        functions.pack = unfold_bf16_pack_pairs;
        functions.round_columns = unfold_bf16_round_columns;
        // Few visits to the output: it lies in memory, where the packed columns and a slice stay in the caches.
        functions.region_steps = 896;
        functions.region_slice = 2 * BF16_PAIRS_HEIGHT;
      }
      functions.left_bytes = sizeof(uint16_t) * parts;
      return functions;
    }
#endif
    default: return FUNCTIONS(portable);
  }
}
