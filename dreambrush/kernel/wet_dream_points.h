// The wet dream at the points of one stroke, a block at a time: values, and slopes by what is known of the stroke.
//
// Included once for each level of instructions, after lanes.h.

#include "dream_look.h"

#define SHORTEST_POWER -60.0f // of 2, about 1e-18: what is so far behind is forgotten

// Where in the last layer's answers things are.
#define AHEAD(ruler) (DB_SHARES + 2 * (ruler))
#define LENGTH(ruler) (DB_SHARES + 2 * (ruler) + 1)
#define MIXTURE (DB_SHARES + 2 * DB_RULERS)
#define ACROSS (MIXTURE + DB_RULERS)

// What the network makes of a block's features.
typedef struct {
    float feature[DB_NEAREST][DB_BLOCK], arc[DB_BLOCK], first[DB_HIDDEN][DB_BLOCK], second[DB_HIDDEN][DB_BLOCK];
    float out[DB_WET_OUTPUTS][DB_BLOCK];
} DB_NAME(WetThought);

INLINE void DB_NAME(wet_think)(const db_wet_dream *dream, const Stroke *stroke, const float *x, const float *y,
                               DB_NAME(WetThought) * to, DB_NAME(Kept) * kept, int lanes) {
    int parts = lanes / LANES;
    for (int at = 0; at < lanes; at += LANES)
        DB_NAME(look)(dream->nib, NULL, 0, stroke, x, y, at, to->feature, to->arc, kept);
    DB_NAME(layer)(to->first, to->feature, dream->first, stroke->bias, DB_NEAREST, DB_HIDDEN, TILE, 1, parts);
    DB_NAME(layer)(to->second, to->first, dream->second, dream->second_bias, DB_HIDDEN, DB_HIDDEN, TILE, 1, parts);
    DB_NAME(layer)(to->out, to->second, dream->third, dream->third_bias, DB_HIDDEN, DB_WET_OUTPUTS, TILE, 0, parts);
}

INLINE V DB_NAME(sigmoid)(V x) { return 1.0f / (1.0f + EXP(-x)); }

// 2^x of x that is brought to -60..0, within 2e-7 of it (relative), and 1 at 0.
INLINE V DB_NAME(power)(V x) {
    x = MIN(MAX(x, ALL(SHORTEST_POWER)), ZERO);
    V shifted = x + 12582912.0f; // as in lanes.h
    V rest = x - (shifted - 12582912.0f);
    V sum = rest * 1.3264727214e-3f + 9.6715128125e-3f;
    sum = sum * rest + 5.5507337448e-2f;
    sum = sum * rest + 2.4022242083e-1f;
    sum = sum * rest + 6.9314697760e-1f;
    sum = sum * rest + 1.0f;
    return (V)((I)sum + ((I)shifted << 23));
}

// The answers for some lanes as what they mean.
typedef struct {
    V laid, own, keeps; // shares: of what is laid at all; of that, own colour; of the rest, what lies there already
    V begin[DB_RULERS]; // where each memory begins, from the start of the path
    V rate[DB_RULERS];  // and how it falls off, in powers of 2 a unit
    V part[DB_RULERS];  // half of how much it counts
    V across[DB_LANES];
} DB_NAME(Meant);

INLINE void DB_NAME(mean)(const db_wet_dream *dream, const DB_NAME(WetThought) * thought, int at, int rows,
                          DB_NAME(Meant) * to) {
    V arc = LOAD(thought->arc + at);
    to->laid = dream->erases > 0.0f ? DB_NAME(sigmoid)(LOAD(thought->out[0] + at)) : ALL(1.0f);
    to->own = dream->lays > 0.0f ? DB_NAME(sigmoid)(LOAD(thought->out[1] + at)) : ZERO;
    to->keeps = DB_NAME(sigmoid)(LOAD(thought->out[2] + at));
    for (int ruler = 0; ruler < DB_RULERS; ruler++) {
        to->begin[ruler] = arc + LOAD(thought->out[AHEAD(ruler)] + at);
        to->rate[ruler] = 1.44269504088896341f * EXP(-LOAD(thought->out[LENGTH(ruler)] + at));
    }
    V first = DB_NAME(sigmoid)(LOAD(thought->out[MIXTURE] + at) - LOAD(thought->out[MIXTURE + 1] + at));
    to->part[0] = 0.5f * first;
    to->part[1] = 0.5f * (1.0f - first);
    V most = LOAD(thought->out[ACROSS] + at), sum = ZERO;
    for (int row = 1; row < rows; row++) most = MAX(most, LOAD(thought->out[ACROSS + row] + at));
    for (int row = 0; row < rows; row++) {
        to->across[row] = EXP(LOAD(thought->out[ACROSS + row] + at) - most);
        sum += to->across[row];
    }
    for (int row = 0; row < rows; row++) to->across[row] = rows > 1 ? to->across[row] / sum : ALL(1.0f);
}

// Shares and weights of the first lanes of a block; of its rows of nodes there are `rows`.
INLINE void DB_NAME(wet_answer)(const db_wet_dream *dream, const WetStroke *stroke,
                                const DB_NAME(WetThought) * thought, int rows, float (*share)[DB_BLOCK],
                                float (*weight)[DB_BLOCK], int lanes) {
    for (int at = 0; at < lanes; at += LANES) {
        DB_NAME(Meant) meant;
        DB_NAME(mean)(dream, thought, at, rows, &meant);
        V own = meant.laid * meant.own, rest = meant.laid - own, kept = rest * meant.keeps;
        STORE(share[0] + at, own);
        STORE(share[1] + at, kept);
        STORE(share[2] + at, rest - kept);
        V before = ZERO;
        for (int s = 0; s <= DB_STEPS; s++) {
            // The share that was picked up before some place, on the mean between a node and the next.
            V whole = ZERO;
            for (int ruler = 0; s < DB_STEPS && ruler < DB_RULERS; ruler++) {
                V low = DB_NAME(power)((stroke->low[s] - meant.begin[ruler]) * meant.rate[ruler]);
                V high = DB_NAME(power)((stroke->high[s] - meant.begin[ruler]) * meant.rate[ruler]);
                whole += meant.part[ruler] * (low + high);
            }
            if (s == DB_STEPS) whole = ALL(1.0f);
            V here = whole - before;
            for (int row = 0; row < rows; row++)
                STORE(weight[row * DB_PLACES + s] + at, rows > 1 ? meant.across[row] * here : here);
            before = whole;
        }
    }
}

INLINE void DB_NAME(wet_block)(const db_wet_dream *dream, const WetStroke *stroke, const float *x, const float *y,
                               int full, int rows, float *own, float *kept, float *carried, float *weights,
                               int lanes) {
    DB_NAME(WetThought) thought;
    float share[DB_SHARES][DB_BLOCK], weight[DB_LANES * DB_PLACES][DB_BLOCK];
    DB_NAME(wet_think)(dream, &stroke->seen, x, y, &thought, NULL, lanes);
    DB_NAME(wet_answer)(dream, stroke, &thought, rows, share, weight, lanes);
    memcpy(own, share[0], full * sizeof(float));
    memcpy(kept, share[1], full * sizeof(float));
    memcpy(carried, share[2], full * sizeof(float));
    for (int i = 0; i < full; i++)
        for (int node = 0; node < rows * DB_PLACES; node++) *weights++ = weight[node][i];
}

static void DB_NAME(wet_block_of_one)(const db_wet_dream *dream, const WetStroke *stroke, const float *x,
                                      const float *y, int full, float *own, float *kept, float *carried,
                                      float *weights) {
    DB_NAME(wet_block)(dream, stroke, x, y, full, 1, own, kept, carried, weights, DB_BLOCK);
}

#if LANES <= DB_BLOCK / 2
static void DB_NAME(wet_half_of_one)(const db_wet_dream *dream, const WetStroke *stroke, const float *x,
                                     const float *y, int full, float *own, float *kept, float *carried,
                                     float *weights) {
    DB_NAME(wet_block)(dream, stroke, x, y, full, 1, own, kept, carried, weights, DB_BLOCK / 2);
}
#endif

static void DB_NAME(wet_block_of_many)(const db_wet_dream *dream, const WetStroke *stroke, const float *x,
                                       const float *y, int full, int rows, float *own, float *kept, float *carried,
                                       float *weights) {
    DB_NAME(wet_block)(dream, stroke, x, y, full, rows, own, kept, carried, weights, DB_BLOCK);
}

static void DB_NAME(wet_values)(const db_wet_dream *dream, int64_t count, const float *strokes, const int64_t *starts,
                                const float *points, float *own, float *kept, float *carried, float *weights) {
    float x[DB_BLOCK], y[DB_BLOCK];
    WetStroke stroke;
    int rows = (int)dream->lanes;
    for (int64_t number = 0; number < count; number++) {
        if (starts[number] == starts[number + 1]) continue;
        see_wet_stroke(dream, strokes + DB_STROKE * number, &stroke);
        for (int64_t at = starts[number]; at < starts[number + 1]; at += DB_BLOCK) {
            int full = DB_NAME(block)(&stroke.seen, points + 2 * at, starts[number + 1] - at, x, y);
            float *weight = weights + rows * DB_PLACES * at;
#if LANES <= DB_BLOCK / 2
            if (rows == 1 && full <= DB_BLOCK / 2) {
                DB_NAME(wet_half_of_one)(dream, &stroke, x, y, full, own + at, kept + at, carried + at, weight);
                continue;
            }
#endif
            if (rows == 1)
                DB_NAME(wet_block_of_one)(dream, &stroke, x, y, full, own + at, kept + at, carried + at, weight);
            else
                DB_NAME(wet_block_of_many)(dream, &stroke, x, y, full, rows, own + at, kept + at, carried + at, weight);
        }
    }
}

#if LANES <= DB_BLOCK / 2

typedef struct {
    DB_NAME(Sums) seen;
    float low[DB_STEPS][DB_BLOCK], high[DB_STEPS][DB_BLOCK];
} DB_NAME(WetSums);

// Slopes by the last layer's answers (outputs), from those by shares and weights; for some lanes of a block.
INLINE void DB_NAME(wet_answer_back)(const db_wet_dream *dream, const WetStroke *stroke,
                                     const DB_NAME(WetThought) * thought, int at, int rows,
                                     const float (*by_share)[DB_BLOCK], const float (*by_weight)[DB_BLOCK],
                                     float (*slope)[DB_BLOCK], DB_NAME(WetSums) * sums) {
    DB_NAME(Meant) meant;
    DB_NAME(mean)(dream, thought, at, rows, &meant);
    V laid = meant.laid, own = meant.own, keeps = meant.keeps, rest = laid - laid * own;
    V by_own = LOAD(by_share[0] + at), by_kept = LOAD(by_share[1] + at), by_carried = LOAD(by_share[2] + at);
    V by_rest = by_kept * keeps + by_carried * (1.0f - keeps), by_laid_own = by_own - by_rest;
    STORE(slope[0] + at, (by_rest + by_laid_own * own) * laid * (1.0f - laid));
    STORE(slope[1] + at, by_laid_own * laid * own * (1.0f - own));
    STORE(slope[2] + at, rest * (by_kept - by_carried) * keeps * (1.0f - keeps));

    V by_begin[DB_RULERS], by_power[DB_RULERS], by_part[DB_RULERS], by_across[DB_LANES];
    for (int ruler = 0; ruler < DB_RULERS; ruler++) by_begin[ruler] = by_power[ruler] = by_part[ruler] = ZERO;
    for (int row = 0; row < rows; row++) by_across[row] = LOAD(by_weight[row * DB_PLACES + DB_STEPS] + at);
    for (int s = 0; s < DB_STEPS; s++) {
        V by_whole = ZERO, by_row[DB_LANES], whole = ZERO, by_low = ZERO, by_high = ZERO;
        for (int row = 0; row < rows; row++) {
            const float *here = by_weight[row * DB_PLACES + s] + at;
            by_row[row] = LOAD(here) - LOAD(here + DB_BLOCK);
            by_whole = rows > 1 ? by_whole + meant.across[row] * by_row[row] : by_row[row];
        }
        for (int ruler = 0; ruler < DB_RULERS; ruler++) {
            V rate = meant.rate[ruler];
            V low_power = (stroke->low[s] - meant.begin[ruler]) * rate, low = DB_NAME(power)(low_power);
            V high_power = (stroke->high[s] - meant.begin[ruler]) * rate, high = DB_NAME(power)(high_power);
            V by_both = by_whole * meant.part[ruler];
            by_part[ruler] += by_whole * (low + high);
            whole += meant.part[ruler] * (low + high);
            // Ahead of where a memory begins nothing changes.
            V pull = LESS(low_power, ZERO, by_both * low, ZERO), push = LESS(high_power, ZERO, by_both * high, ZERO);
            by_power[ruler] += pull * low_power + push * high_power;
            by_low += pull * rate;
            by_high += push * rate;
            by_begin[ruler] += (pull + push) * rate;
        }
        DB_NAME(add)(sums->low[s] + at, 0.69314718055994531f * by_low);
        DB_NAME(add)(sums->high[s] + at, 0.69314718055994531f * by_high);
        for (int row = 0; row < rows; row++) by_across[row] += by_row[row] * whole;
    }
    for (int ruler = 0; ruler < DB_RULERS; ruler++) {
        STORE(slope[AHEAD(ruler)] + at, -0.69314718055994531f * by_begin[ruler]);
        STORE(slope[LENGTH(ruler)] + at, -0.69314718055994531f * by_power[ruler]);
    }
    V by_mixture = 2.0f * meant.part[0] * meant.part[1] * (by_part[0] - by_part[1]);
    STORE(slope[MIXTURE] + at, by_mixture);
    STORE(slope[MIXTURE + 1] + at, -by_mixture);
    V mean = ZERO;
    for (int row = 0; row < rows; row++) mean += meant.across[row] * by_across[row];
    for (int row = 0; row < DB_LANES; row++) {
        V by = row < rows && rows > 1 ? meant.across[row] * (by_across[row] - mean) : ZERO;
        STORE(slope[ACROSS + row] + at, by);
    }
}

// Slopes of one block, added to the sums; of its lanes the first so many hold points.
INLINE void DB_NAME(wet_back)(const db_wet_dream *dream, const WetStroke *stroke, const float *x, const float *y,
                              const float (*by_share)[DB_BLOCK], const float (*by_weight)[DB_BLOCK],
                              DB_NAME(WetSums) * sums, int rows, int lanes) {
    DB_NAME(WetThought) thought;
    DB_NAME(Kept) kept;
    float first[DB_HIDDEN][DB_BLOCK], second[DB_HIDDEN][DB_BLOCK];
    float out[DB_WET_OUTPUTS][DB_BLOCK], slope[DB_NEAREST + 1][DB_BLOCK];
    int parts = lanes / LANES;
    DB_NAME(wet_think)(dream, &stroke->seen, x, y, &thought, &kept, lanes);
    for (int at = 0; at < lanes; at += LANES)
        DB_NAME(wet_answer_back)(dream, stroke, &thought, at, rows, by_share, by_weight, out, sums);
    DB_NAME(layer)(second, out, dream->third_back, NULL, DB_WET_OUTPUTS, DB_HIDDEN, TILE, 0, parts);
    for (int at = 0; at < lanes; at += LANES)
        for (int j = 0; j < DB_HIDDEN; j++)
            STORE(second[j] + at, LESS(ZERO, LOAD(thought.second[j] + at), LOAD(second[j] + at), ZERO));
    DB_NAME(layer)(first, second, dream->second_back, NULL, DB_HIDDEN, DB_HIDDEN, TILE, 0, parts);
    for (int at = 0; at < lanes; at += LANES)
        for (int j = 0; j < DB_HIDDEN; j++) {
            V by = LESS(ZERO, LOAD(thought.first[j] + at), LOAD(first[j] + at), ZERO);
            STORE(first[j] + at, by);
            DB_NAME(add)(sums->seen.hidden[j] + at, by);
        }
    DB_NAME(layer)(slope, first, dream->first_back, NULL, DB_HIDDEN, DB_NEAREST, NEAREST_TILE, 0, parts);
    for (int at = 0; at < lanes; at += LANES) {
        // Clamped features do not change.
        for (int i = 0; i < 5; i++) {
            V within = LESS(ABS(LOAD(thought.feature[i] + at)), ALL(2.0f * FARTHEST), LOAD(slope[i] + at), ZERO);
            STORE(slope[i] + at, within);
        }
        V within = LESS(ABS(LOAD(thought.feature[15] + at)), ALL(2.0f), LOAD(slope[15] + at), ZERO);
        STORE(slope[15] + at, within);
        STORE(slope[DB_NEAREST] + at, LOAD(out[AHEAD(0)] + at) + LOAD(out[AHEAD(1)] + at));
        DB_NAME(look_back)(NULL, 0, &stroke->seen, at, thought.feature, slope, &kept, &sums->seen);
    }
}

static void DB_NAME(wet_back_half)(const db_wet_dream *dream, const WetStroke *stroke, const float *x, const float *y,
                                   const float (*by_share)[DB_BLOCK], const float (*by_weight)[DB_BLOCK],
                                   DB_NAME(WetSums) * sums, int rows) {
    DB_NAME(wet_back)(dream, stroke, x, y, by_share, by_weight, sums, rows, DB_BLOCK / 2);
}

static void DB_NAME(wet_back_whole)(const db_wet_dream *dream, const WetStroke *stroke, const float *x, const float *y,
                                    const float (*by_share)[DB_BLOCK], const float (*by_weight)[DB_BLOCK],
                                    DB_NAME(WetSums) * sums, int rows) {
    DB_NAME(wet_back)(dream, stroke, x, y, by_share, by_weight, sums, rows, DB_BLOCK);
}

static void DB_NAME(wet_vjp)(const db_wet_dream *dream, int64_t count, const float *strokes, const int64_t *starts,
                             const float *points, const float *const *by, const float *by_weights, float *by_strokes) {
    float x[DB_BLOCK], y[DB_BLOCK], share[DB_SHARES][DB_BLOCK], weight[DB_LANES * DB_PLACES][DB_BLOCK];
    DB_NAME(WetSums) sums;
    WetStroke stroke;
    WetSlopes slopes;
    int rows = (int)dream->lanes, nodes = rows * DB_PLACES;
    for (int64_t number = 0; number < count; number++) {
        const float *numbers = strokes + DB_STROKE * number;
        if (starts[number] == starts[number + 1]) {
            memset(by_strokes + DB_STROKE * number, 0, DB_STROKE * sizeof(float));
            continue;
        }
        see_wet_stroke(dream, numbers, &stroke);
        memset(&sums, 0, sizeof sums);
        for (int64_t from = starts[number]; from < starts[number + 1]; from += DB_BLOCK) {
            int full = DB_NAME(block)(&stroke.seen, points + 2 * from, starts[number + 1] - from, x, y);
            memset(share, 0, sizeof share);
            memset(weight, 0, nodes * sizeof *weight);
            for (int j = 0; j < DB_SHARES; j++) memcpy(share[j], by[j] + from, full * sizeof(float));
            for (int i = 0; i < full; i++)
                for (int node = 0; node < nodes; node++) weight[node][i] = by_weights[nodes * (from + i) + node];
            if (full <= DB_BLOCK / 2)
                DB_NAME(wet_back_half)(dream, &stroke, x, y, share, weight, &sums, rows);
            else
                DB_NAME(wet_back_whole)(dream, &stroke, x, y, share, weight, &sums, rows);
        }
        DB_NAME(totals)((const float *)&sums, (float *)&slopes, sizeof slopes / sizeof(float));
        wet_stroke_back(dream, numbers, &stroke, &slopes, by_strokes + DB_STROKE * number);
    }
}

#endif

#undef SHORTEST_POWER
#undef AHEAD
#undef LENGTH
#undef MIXTURE
#undef ACROSS
#include "dream_look_end.h"
