// The field dream at the points of one stroke, a block at a time: values, and slopes by what is known of the stroke.
//
// Included once for each level of instructions, after lanes.h.

#include "dream_look.h"

// What the network makes of a block's features.
typedef struct {
    float feature[DB_FEATURES][DB_BLOCK], first[DB_HIDDEN][DB_BLOCK], second[DB_HIDDEN][DB_BLOCK];
    float mean[DB_BLOCK], share[DB_BLOCK]; // both 0 where no paint gets
} DB_NAME(Thought);

// A number of the last layer for some lanes, as a sum of four sums, which go on at the same time.
INLINE V DB_NAME(last)(const db_dream *dream, const float (*second)[DB_BLOCK], int output, int at) {
    const float *w = dream->third + output * DB_HIDDEN;
    V sum[4] = {ALL(dream->third_bias[output]), ZERO, ZERO, ZERO};
    for (int i = 0; i < DB_HIDDEN; i += 4)
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) sum[j] += LOAD(second[i + j] + at) * w[i + j];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

INLINE void DB_NAME(think)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y,
                           DB_NAME(Thought) * to, DB_NAME(Kept) * kept, int lanes) {
    int parts = lanes / LANES;
    for (int at = 0; at < lanes; at += LANES)
        DB_NAME(look)(dream->nib, dream->offsets, DB_PASSES, stroke, x, y, at, to->feature, NULL, kept);
    DB_NAME(layer)(to->first, to->feature, dream->first, stroke->bias, DB_FEATURES, DB_HIDDEN, TILE, 1, parts);
    DB_NAME(layer)(to->second, to->first, dream->second, dream->second_bias, DB_HIDDEN, DB_HIDDEN, TILE, 1, parts);
    for (int at = 0; at < lanes; at += LANES) {
        V mean = 1.0f / (1.0f + EXP(-DB_NAME(last)(dream, to->second, 0, at)));
        V share = 1.0f / (1.0f + EXP(-DB_NAME(last)(dream, to->second, 1, at)));
        V distance = LOAD(to->feature[0] + at), limit = ALL(FARTHEST);
        STORE(to->mean + at, LESS(distance, limit, mean, ZERO));
        STORE(to->share + at, LESS(distance, limit, share, ZERO));
    }
}

// Mean and variance at the first so many points of a block, of which `lanes` are dreamt.
INLINE void DB_NAME(answer)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y, int full,
                            float *mean, float *variance, int lanes) {
    DB_NAME(Thought) thought;
    DB_NAME(think)(dream, stroke, x, y, &thought, NULL, lanes);
    for (int i = 0; i < full; i++) {
        mean[i] = thought.mean[i];
        variance[i] = thought.share[i] * thought.mean[i] * (1.0f - thought.mean[i]);
    }
}

#if LANES <= DB_BLOCK / 2
static void DB_NAME(half_answer)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y, int full,
                                 float *mean, float *variance) {
    DB_NAME(answer)(dream, stroke, x, y, full, mean, variance, DB_BLOCK / 2);
}
#define HALF DB_NAME(half_answer)
#else
#define HALF half_answer_1 // with AVX2, where a block is one vector of AVX-512
#endif

static void DB_NAME(values)(const db_dream *dream, int64_t count, const float *strokes, const int64_t *starts,
                            const float *points, float *mean, float *variance) {
    float x[DB_BLOCK], y[DB_BLOCK];
    Stroke stroke;
    for (int64_t number = 0; number < count; number++) {
        if (starts[number] == starts[number + 1]) continue;
        see_stroke(dream, strokes + DB_STROKE * number, &stroke);
        for (int64_t at = starts[number]; at < starts[number + 1]; at += DB_BLOCK) {
            int full = DB_NAME(block)(&stroke, points + 2 * at, starts[number + 1] - at, x, y);
            if (full <= DB_BLOCK / 2)
                HALF(dream, &stroke, x, y, full, mean + at, variance + at);
            else
                DB_NAME(answer)(dream, &stroke, x, y, full, mean + at, variance + at, DB_BLOCK);
        }
    }
}
#undef HALF

#if LANES <= DB_BLOCK / 2

// Slopes of one block, added to the sums; of its lanes the first so many hold points.
INLINE void DB_NAME(back)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y,
                          const float *mean_slope, const float *variance_slope, DB_NAME(Sums) * sums, int lanes) {
    DB_NAME(Thought) thought;
    DB_NAME(Kept) kept;
    float first[DB_HIDDEN][DB_BLOCK], second[DB_HIDDEN][DB_BLOCK], slope[DB_FEATURES][DB_BLOCK];
    DB_NAME(think)(dream, stroke, x, y, &thought, &kept, lanes);
    for (int at = 0; at < lanes; at += LANES) {
        V mean = LOAD(thought.mean + at), share = LOAD(thought.share + at), of = LOAD(variance_slope + at);
        V spread = mean * (1.0f - mean);
        V by_first = (LOAD(mean_slope + at) + of * share * (1.0f - 2.0f * mean)) * spread;
        V by_second = of * spread * share * (1.0f - share);
        for (int j = 0; j < DB_HIDDEN; j++) {
            V by = by_first * dream->third[j] + by_second * dream->third[DB_HIDDEN + j];
            STORE(second[j] + at, LESS(ZERO, LOAD(thought.second[j] + at), by, ZERO));
        }
    }
    DB_NAME(layer)(first, second, dream->second_back, NULL, DB_HIDDEN, DB_HIDDEN, TILE, 0, lanes / LANES);
    for (int at = 0; at < lanes; at += LANES)
        for (int j = 0; j < DB_HIDDEN; j++) {
            V by = LESS(ZERO, LOAD(thought.first[j] + at), LOAD(first[j] + at), ZERO);
            STORE(first[j] + at, by);
            DB_NAME(add)(sums->hidden[j] + at, by);
        }
    DB_NAME(layer)(slope, first, dream->first_back, NULL, DB_HIDDEN, DB_FEATURES, BACK_TILE, 0, lanes / LANES);
    for (int at = 0; at < lanes; at += LANES)
        DB_NAME(look_back)(dream->offsets, DB_PASSES, stroke, at, thought.feature, slope, &kept, sums);
}

// A gradient is asked from few points of a stroke, often less than half a block.
static void DB_NAME(back_half)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y,
                               const float *mean_slope, const float *variance_slope, DB_NAME(Sums) * sums) {
    DB_NAME(back)(dream, stroke, x, y, mean_slope, variance_slope, sums, DB_BLOCK / 2);
}

static void DB_NAME(back_whole)(const db_dream *dream, const Stroke *stroke, const float *x, const float *y,
                                const float *mean_slope, const float *variance_slope, DB_NAME(Sums) * sums) {
    DB_NAME(back)(dream, stroke, x, y, mean_slope, variance_slope, sums, DB_BLOCK);
}

static void DB_NAME(vjp)(const db_dream *dream, int64_t count, const float *strokes, const int64_t *starts,
                         const float *points, const float *by_mean, const float *by_variance, float *by_strokes) {
    float x[DB_BLOCK], y[DB_BLOCK];
    DB_NAME(Sums) sums;
    Stroke stroke;
    Slopes slopes;
    for (int64_t number = 0; number < count; number++) {
        const float *numbers = strokes + DB_STROKE * number;
        if (starts[number] == starts[number + 1]) {
            memset(by_strokes + DB_STROKE * number, 0, DB_STROKE * sizeof(float));
            continue;
        }
        see_stroke(dream, numbers, &stroke);
        memset(&sums, 0, sizeof sums);
        for (int64_t from = starts[number]; from < starts[number + 1]; from += DB_BLOCK) {
            int full = DB_NAME(block)(&stroke, points + 2 * from, starts[number + 1] - from, x, y);
            float mean_slope[DB_BLOCK] = {0}, variance_slope[DB_BLOCK] = {0};
            memcpy(mean_slope, by_mean + from, full * sizeof(float));
            memcpy(variance_slope, by_variance + from, full * sizeof(float));
            if (full <= DB_BLOCK / 2)
                DB_NAME(back_half)(dream, &stroke, x, y, mean_slope, variance_slope, &sums);
            else
                DB_NAME(back_whole)(dream, &stroke, x, y, mean_slope, variance_slope, &sums);
        }
        DB_NAME(totals)((const float *)&sums, (float *)&slopes, sizeof slopes / sizeof(float));
        stroke_back(dream->nib, dream->reach, dream->traits, dream->manners, numbers, &stroke, &slopes,
                    by_strokes + DB_STROKE * number);
    }
}

#endif

#include "dream_look_end.h"
