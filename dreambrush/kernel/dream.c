// The field dream at points, and its gradient: the network of train/fit/field.py and the geometry before it, fused.
//
// Points are dreamt sixteen at a time.  Each number is computed in one fixed order with the operations that IEEE 754
// defines to the last bit, none of them contracted, and without the C library's functions.  So every machine answers
// with the same bits, with whatever instructions it has.

#include "dream.h"

#include "common.h"
#include "dream_stroke.h"

static void see_stroke(const db_dream *dream, const float *numbers, Stroke *to) {
    see_path(dream->nib, dream->reach, numbers, to);
    see_manners(dream->manners, dream->manners_bias, numbers, to);
    see_traits(dream->traits, dream->first_bias, to);
}

#define BODY "dream_points.h"
#include "levels.h"

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
    if (instructions >= 1) {
        vjp_1((const db_dream *)dream, count, strokes, starts, points, by_mean, by_variance, by_strokes);
        return;
    }
#endif
    (void)instructions;
    vjp_0((const db_dream *)dream, count, strokes, starts, points, by_mean, by_variance, by_strokes);
}
