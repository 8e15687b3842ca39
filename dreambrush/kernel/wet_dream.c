// The wet dream at points, and its gradient: the network of train/fit/wet.py and the geometry before it, fused.
//
// As dream.c does, it answers with the same bits on every machine.

#include "wet_dream.h"

#include "common.h"
#include "dream_stroke.h"
#include "wet_dream_stroke.h"
#define BODY "wet_dream_points.h"
#include "levels.h"

int db_wet_weights_count(void) { return sizeof(db_wet_dream) / sizeof(float); }

void db_wet_values(int instructions, const float *wet, int64_t count, const float *strokes, const int64_t *starts,
                   const float *points, float *own, float *kept, float *carried, float *weights) {
    const db_wet_dream *dream = (const db_wet_dream *)wet;
#ifdef DB_X86
    // With AVX-512 a whole block is asked at once, with AVX2 half of one may be: enough for few points of a stroke.
    if (instructions == 2 && starts[count] <= DB_BLOCK / 2 * count) instructions = 1;
    if (instructions == 2) {
        wet_values_2(dream, count, strokes, starts, points, own, kept, carried, weights);
        return;
    }
    if (instructions == 1) {
        wet_values_1(dream, count, strokes, starts, points, own, kept, carried, weights);
        return;
    }
#endif
    (void)instructions;
    wet_values_0(dream, count, strokes, starts, points, own, kept, carried, weights);
}

void db_wet_vjp(int instructions, const float *wet, int64_t count, const float *strokes, const int64_t *starts,
                const float *points, const float *by_own, const float *by_kept, const float *by_carried,
                const float *by_weights, float *by_strokes) {
    const db_wet_dream *dream = (const db_wet_dream *)wet;
    const float *by[DB_SHARES] = {by_own, by_kept, by_carried};
#ifdef DB_X86
    if (instructions >= 1) {
        wet_vjp_1(dream, count, strokes, starts, points, by, by_weights, by_strokes);
        return;
    }
#endif
    (void)instructions;
    wet_vjp_0(dream, count, strokes, starts, points, by, by_weights, by_strokes);
}
