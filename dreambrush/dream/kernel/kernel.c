// The field dream at points, and its gradient: the network of train/fit/field.py and the geometry before it, fused.
//
// Points are dreamt sixteen at a time.  Each number is computed in one fixed order with the operations that IEEE 754
// defines to the last bit, none of them contracted, and without the C library's functions.  So every machine answers
// with the same bits, with whatever instructions it has.

#include "kernel.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
#define INLINE static inline __attribute__((always_inline))
#define JOINED(name, suffix) name##_##suffix
#define JOIN(name, suffix) JOINED(name, suffix)

#include "stroke.h"

#define DB_LEVEL 0
#define DB_NAME(name) JOIN(name, 0)
#define DB_TILE 3
#define DB_BACK_TILE 2
#include "lanes.h"
#include "points.h"
#undef V
#undef I
#undef LANES
#undef PARTS
#undef DB_NAME
#undef DB_LEVEL
#undef DB_TILE
#undef DB_BACK_TILE

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define DB_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define DB_LEVEL 1
#define DB_NAME(name) JOIN(name, 1)
#define DB_TILE 6
#define DB_BACK_TILE 5
#include "lanes.h"
#include "points.h"
#undef V
#undef I
#undef LANES
#undef PARTS
#undef DB_NAME
#undef DB_LEVEL
#undef DB_TILE
#undef DB_BACK_TILE
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f")
#endif
#define DB_LEVEL 2
#define DB_NAME(name) JOIN(name, 2)
#define DB_TILE 12
#define DB_BACK_TILE 10
#include "lanes.h"
#include "points.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

int db_best_instructions(void) {
#ifdef DB_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return 2;
    if (__builtin_cpu_supports("avx2")) return 1;
#endif
    return 0;
}

int db_weights_count(void) { return sizeof(db_dream) / sizeof(float); }

void db_dream_values(int instructions, const float *dream, int64_t count, const float *strokes,
                     const int64_t *starts, const float *points, float *mean, float *variance) {
#ifdef DB_X86
    if (instructions == 2) {
        values_2((const db_dream *)dream, count, strokes, starts, points, mean, variance);
        return;
    }
    if (instructions == 1) {
        values_1((const db_dream *)dream, count, strokes, starts, points, mean, variance);
        return;
    }
#endif
    (void)instructions;
    values_0((const db_dream *)dream, count, strokes, starts, points, mean, variance);
}

void db_dream_vjp(int instructions, const float *dream, int64_t count, const float *strokes, const int64_t *starts,
                  const float *points, const float *by_mean, const float *by_variance, float *by_strokes) {
#ifdef DB_X86
    if (instructions == 2) {
        vjp_2((const db_dream *)dream, count, strokes, starts, points, by_mean, by_variance, by_strokes);
        return;
    }
    if (instructions == 1) {
        vjp_1((const db_dream *)dream, count, strokes, starts, points, by_mean, by_variance, by_strokes);
        return;
    }
#endif
    (void)instructions;
    vjp_0((const db_dream *)dream, count, strokes, starts, points, by_mean, by_variance, by_strokes);
}
