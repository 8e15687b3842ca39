// What points of one stroke see of it, a block at a time, and how that changes with what is known of the stroke.
//
// Included once for each level of instructions, after lanes.h, by what asks a network with it.

#if DB_LEVEL == 2 // outputs of a layer that are held in registers at once
#define TILE 12
#define BACK_TILE 10
#define NEAREST_TILE 8
#elif DB_LEVEL == 1
#define TILE 6
#define BACK_TILE 5
#define NEAREST_TILE 4
#else
#define TILE 3
#define BACK_TILE 2
#define NEAREST_TILE 2
#endif
#define LOAD DB_NAME(load)
#define STORE DB_NAME(store)
#define ALL DB_NAME(all)
#define MIN DB_NAME(min)
#define MAX DB_NAME(max)
#define ROOT DB_NAME(root)
#define LESS DB_NAME(less)
#define ABS DB_NAME(absolute)
#define WITHIN DB_NAME(within)
#define EXP DB_NAME(exponential)
#define ZERO ((V){0})

// What a gradient needs again of a block's points.
typedef struct {
    float forward[DB_SEGMENTS][DB_BLOCK], sideways[DB_SEGMENTS][DB_BLOCK];
    float nearby[DB_SEGMENTS][DB_BLOCK]; // e to minus the squared distance from each segment
    float strongest[DB_PASSES][DB_BLOCK]; // number of the segment that answers
    float segment[DB_BLOCK];              // number of the nearest segment
    float walked[DB_BLOCK], by_length[DB_BLOCK], ex[DB_BLOCK], ey[DB_BLOCK], past[DB_BLOCK], aside[DB_BLOCK];
    float t[DB_BLOCK], vx[DB_BLOCK], vy[DB_BLOCK], by_speed[DB_BLOCK], arc[DB_BLOCK];
} DB_NAME(Kept);

// The features of some lanes of a block, `at` lanes from its start; keeps what a gradient needs if told where.
// `passes` is DB_PASSES, or 0 where the ways in which segments touch a point are not asked for; offsets (4, 4) are
// their weights.
// Where the place on the path is asked for, it is stored at `place`.
INLINE void DB_NAME(look)(const float *nib, const float *offsets, int passes, const Stroke *stroke, const float *x,
                          const float *y, int at, float (*feature)[DB_BLOCK], float *place, DB_NAME(Kept) * kept) {
    V right = LOAD(x + at) - stroke->x, down = LOAD(y + at) - stroke->y;
    V px = (right * nib[0] + down * nib[2]) * stroke->by_unit, py = (right * nib[1] + down * nib[3]) * stroke->by_unit;

    V nearest = ZERO, walked = ZERO, past_there = ZERO, aside = ZERO, ex = ZERO, ey = ZERO, begun = ZERO;
    V by_length = ZERO, segment = ZERO, presence = ZERO, answer[DB_PASSES], strongest[DB_PASSES];
    for (int q = 0; q < DB_PASSES; q++) answer[q] = strongest[q] = ZERO;
    for (int s = 0; s < DB_SEGMENTS; s++) {
        V ux = px - stroke->node[s][0], uy = py - stroke->node[s][1];
        float wx = stroke->direction[s][0], wy = stroke->direction[s][1], length = stroke->length[s];
        V forward = ux * wx + uy * wy, sideways = uy * wx - ux * wy;
        V along = MIN(MAX(forward, ZERO), ALL(length)), past = forward - along;
        V squared = past * past + sideways * sideways;
        V nearby = EXP(-squared);
        presence += nearby * length;
        if (kept) {
            STORE(kept->forward[s] + at, forward);
            STORE(kept->sideways[s] + at, sideways);
            STORE(kept->nearby[s] + at, nearby);
        }
        if (s == 0) {
            nearest = squared, walked = along, past_there = past, aside = sideways;
            ex = ALL(wx), ey = ALL(wy), begun = ALL(stroke->arc[0]), by_length = ALL(stroke->by_length[0]);
        } else {
            walked = LESS(squared, nearest, along, walked);
            past_there = LESS(squared, nearest, past, past_there);
            aside = LESS(squared, nearest, sideways, aside);
            ex = LESS(squared, nearest, ALL(wx), ex);
            ey = LESS(squared, nearest, ALL(wy), ey);
            begun = LESS(squared, nearest, ALL(stroke->arc[s]), begun);
            by_length = LESS(squared, nearest, ALL(stroke->by_length[s]), by_length);
            segment = LESS(squared, nearest, ALL((float)s), segment);
            nearest = LESS(squared, nearest, squared, nearest);
        }
        V over = MIN(ABS(past), ALL(FARTHEST_OFFSET)), left = WITHIN(sideways, FARTHEST_OFFSET);
        V beside = ABS(left), ahead = WITHIN(forward - 0.5f * length, FARTHEST_OFFSET);
        for (int q = 0; q < passes; q++) {
            const float *w = offsets + q;
            V sum = over * w[0] + left * w[DB_PASSES] + beside * w[2 * DB_PASSES] + ahead * w[3 * DB_PASSES] +
                    stroke->manner[s][q];
            // Below 0 nothing answers.
            if (kept) strongest[q] = LESS(answer[q], sum, ALL((float)s + 1.0f), strongest[q]);
            answer[q] = MAX(answer[q], sum);
        }
    }

    V dx = past_there * ex - aside * ey, dy = past_there * ey + aside * ex;
    V distance = ROOT(nearest + 1e-12f), arc = begun + walked;
    V t = (segment + walked * by_length) * (1.0f / DB_SEGMENTS);
    V vx = stroke->control[0] + t * stroke->bend[0], vy = stroke->control[1] + t * stroke->bend[1];
    V by_speed = 1.0f / ROOT(vx * vx + vy * vy + 1e-8f), tx = vx * by_speed, ty = vy * by_speed;
    V across = tx * dy - ty * dx, beyond = tx * dx + ty * dy, remains = stroke->whole - arc;
    // tanh(a) is 1 - 2 / (e^2a + 1); the two rulers share a power.
    V far = EXP(MIN(0.5f * arc, ALL(20.0f))), to_end = EXP(MIN(0.5f * remains, ALL(20.0f)));
    V far2 = far * far, to_end2 = to_end * to_end;

    STORE(feature[0] + at, MIN(distance, ALL(2.0f * FARTHEST)));
    STORE(feature[1] + at, WITHIN(across, 2.0f * FARTHEST));
    STORE(feature[2] + at, WITHIN(beyond, 2.0f * FARTHEST));
    STORE(feature[3] + at, WITHIN(dx, 2.0f * FARTHEST));
    STORE(feature[4] + at, WITHIN(dy, 2.0f * FARTHEST));
    STORE(feature[5] + at, 1.0f - 2.0f / (far2 * far2 + 1.0f));
    STORE(feature[6] + at, 1.0f - 2.0f / (to_end2 * to_end2 + 1.0f));
    STORE(feature[7] + at, 1.0f - 2.0f / (far + 1.0f));
    STORE(feature[8] + at, 1.0f - 2.0f / (to_end + 1.0f));
    STORE(feature[9] + at, stroke->pressure + stroke->rise * arc);
    STORE(feature[10] + at, tx);
    STORE(feature[11] + at, ty);
    STORE(feature[12] + at, tx * ty);
    STORE(feature[13] + at, tx * tx - 0.5f);
    STORE(feature[14] + at, presence);
    STORE(feature[15] + at, WITHIN(stroke->turn * across, 2.0f));
    for (int q = 0; q < passes; q++) STORE(feature[DB_NEAREST + q] + at, answer[q]);
    if (place) STORE(place + at, arc);
    if (kept) {
        for (int q = 0; q < passes; q++) STORE(kept->strongest[q] + at, strongest[q] - 1.0f);
        STORE(kept->segment + at, segment);
        STORE(kept->walked + at, walked);
        STORE(kept->by_length + at, by_length);
        STORE(kept->ex + at, ex);
        STORE(kept->ey + at, ey);
        STORE(kept->past + at, past_there);
        STORE(kept->aside + at, aside);
        STORE(kept->t + at, t);
        STORE(kept->vx + at, vx);
        STORE(kept->vy + at, vy);
        STORE(kept->by_speed + at, by_speed);
        STORE(kept->arc + at, arc);
    }
}

// One layer: to = bias + weights (inputs, outputs) from, for all points of a block; `tile` outputs at once are held in
// registers.  Its sums run from the first input to the last.
INLINE void DB_NAME(layer)(float (*to)[DB_BLOCK], const float (*from)[DB_BLOCK], const float *weights,
                           const float *bias, int inputs, int outputs, int tile, int relu, int parts) {
    for (int first = 0; first < outputs; first += tile) {
        V sum[TILE][PARTS];
#pragma GCC unroll 16
        for (int j = 0; j < tile; j++)
#pragma GCC unroll 4
            for (int part = 0; part < parts; part++) sum[j][part] = bias ? ALL(bias[first + j]) : ZERO;
        for (int i = 0; i < inputs; i++) {
            const float *row = weights + i * outputs + first;
            V value[PARTS];
#pragma GCC unroll 4
            for (int part = 0; part < parts; part++) value[part] = LOAD(from[i] + part * LANES);
#pragma GCC unroll 16
            for (int j = 0; j < tile; j++)
#pragma GCC unroll 4
                for (int part = 0; part < parts; part++) sum[j][part] += value[part] * row[j];
        }
#pragma GCC unroll 16
        for (int j = 0; j < tile; j++)
#pragma GCC unroll 4
            for (int part = 0; part < parts; part++) {
                V value = relu ? MAX(sum[j][part], ZERO) : sum[j][part];
                STORE(to[first + j] + part * LANES, value);
            }
    }
}

// Copies the points of a block, and fills it up with the stroke's start.
INLINE int DB_NAME(block)(const Stroke *stroke, const float *points, int64_t left, float *x, float *y) {
    int count = left < DB_BLOCK ? (int)left : DB_BLOCK;
    for (int i = 0; i < count; i++) x[i] = points[2 * i], y[i] = points[2 * i + 1];
    for (int i = count; i < DB_BLOCK; i++) x[i] = stroke->x, y[i] = stroke->y;
    return count;
}

#if LANES <= DB_BLOCK / 2 // with AVX-512 a gradient takes the instructions of AVX2, for which half a block is enough

// The same for slopes: lane by lane they are summed over the blocks of a stroke, and in the end the lanes.
typedef struct {
    float forward[DB_SEGMENTS][DB_BLOCK], sideways[DB_SEGMENTS][DB_BLOCK];
    float direction[DB_SEGMENTS][2][DB_BLOCK], length[DB_SEGMENTS][DB_BLOCK], arc[DB_SEGMENTS][DB_BLOCK];
    float manner[DB_SEGMENTS][DB_PASSES][DB_BLOCK];
    float whole[DB_BLOCK], pressure[DB_BLOCK], rise[DB_BLOCK], turn[DB_BLOCK], scale[DB_BLOCK];
    float tangent[2][DB_BLOCK], bend[2][DB_BLOCK], hidden[DB_HIDDEN][DB_BLOCK];
} DB_NAME(Sums);

INLINE void DB_NAME(add)(float *to, V value) { STORE(to, LOAD(to) + value); }

// Slopes by the features of some lanes, followed back to what is known of the stroke.
INLINE void DB_NAME(look_back)(const float *offsets, int passes, const Stroke *stroke, int at,
                               const float (*feature)[DB_BLOCK], const float (*slope)[DB_BLOCK],
                               const DB_NAME(Kept) * kept, DB_NAME(Sums) * sums) {
#define GET(name) LOAD(kept->name + at)
#define FEATURE(i) LOAD(feature[i] + at)
#define SLOPE(i) LOAD(slope[i] + at)
#define ADD(name, value) DB_NAME(add)(sums->name + at, value)
    V ex = GET(ex), ey = GET(ey), past_there = GET(past), aside = GET(aside);
    V dx = past_there * ex - aside * ey, dy = past_there * ey + aside * ex;
    // Where a clamp has changed a feature, no slope of it may come here.
    V tx = FEATURE(10), ty = FEATURE(11), across = passes ? FEATURE(1) : tx * dy - ty * dx;
    V by_turned = SLOPE(15), by_across = SLOPE(1) + stroke->turn * by_turned, by_beyond = SLOPE(2);
    ADD(turn, across * by_turned);
    V by_tx = SLOPE(10) + ty * SLOPE(12) + 2.0f * tx * SLOPE(13) + dy * by_across + dx * by_beyond;
    V by_ty = SLOPE(11) + tx * SLOPE(12) - dx * by_across + dy * by_beyond;
    V by_dx = SLOPE(3) - ty * by_across + tx * by_beyond, by_dy = SLOPE(4) + tx * by_across + ty * by_beyond;

    V arc = GET(arc), far = FEATURE(5), to_end = FEATURE(6), far_long = FEATURE(7), to_end_long = FEATURE(8);
    V by_remains = SLOPE(6) * (1.0f - to_end * to_end) + 0.25f * SLOPE(8) * (1.0f - to_end_long * to_end_long);
    V by_arc = SLOPE(5) * (1.0f - far * far) + 0.25f * SLOPE(7) * (1.0f - far_long * far_long) - by_remains +
               SLOPE(9) * stroke->rise;
    if (!passes) by_arc += SLOPE(DB_NEAREST); // the place on the path, asked for by itself
    ADD(whole, by_remains);
    ADD(pressure, SLOPE(9));
    ADD(rise, SLOPE(9) * arc);

    V along_tangent = tx * by_tx + ty * by_ty, by_speed = GET(by_speed), t = GET(t);
    V by_vx = (by_tx - tx * along_tangent) * by_speed, by_vy = (by_ty - ty * along_tangent) * by_speed;
    ADD(tangent[0], by_vx);
    ADD(tangent[1], by_vy);
    ADD(bend[0], t * by_vx);
    ADD(bend[1], t * by_vy);
    V by_length = GET(by_length), walked = GET(walked);
    V by_share = (by_vx * stroke->bend[0] + by_vy * stroke->bend[1]) * (1.0f / DB_SEGMENTS) * by_length;
    V by_walked_there = by_arc + by_share, by_length_there = -(by_share * walked * by_length);
    V by_past_there = by_dx * ex + by_dy * ey, by_aside = by_dy * ex - by_dx * ey;
    V by_ex = by_dx * past_there + by_dy * aside, by_ey = by_dy * past_there - by_dx * aside;
    V by_nearest = SLOPE(0) * 0.5f / FEATURE(0), by_presence = SLOPE(14), scale = ZERO;

    V strongest[DB_PASSES], by_answer[DB_PASSES], segment = GET(segment);
    for (int q = 0; q < passes; q++) {
        strongest[q] = GET(strongest[q]);
        by_answer[q] = SLOPE(DB_NEAREST + q);
    }
    for (int s = 0; s < DB_SEGMENTS; s++) {
        // A number equals s if it is neither less nor more.
        V low = ALL((float)s - 0.5f), high = ALL((float)s + 0.5f);
#define HERE(which, value) LESS(low, which, LESS(which, high, value, ZERO), ZERO)
        float length = stroke->length[s];
        V forward = GET(forward[s]), sideways = GET(sideways[s]), nearby = GET(nearby[s]);
        V past = forward - MIN(MAX(forward, ZERO), ALL(length));
        V by_over = ZERO, by_left = ZERO, by_beside = ZERO, by_ahead = ZERO;
        for (int q = 0; q < passes; q++) {
            const float *w = offsets + q;
            V by = HERE(strongest[q], by_answer[q]);
            ADD(manner[s][q], by);
            by_over += by * w[0];
            by_left += by * w[DB_PASSES];
            by_beside += by * w[2 * DB_PASSES];
            by_ahead += by * w[3 * DB_PASSES];
        }
        V most = ALL(FARTHEST_OFFSET);
        by_over = LESS(ABS(past), most, by_over, ZERO);
        V by_past = LESS(ZERO, past, by_over, -by_over);
        by_past = LESS(past, ZERO, by_past, LESS(ZERO, past, by_past, ZERO)); // none at 0
        V by_side = by_left + LESS(ZERO, sideways, by_beside, -by_beside);
        by_side = LESS(ABS(sideways), most, by_side, ZERO);
        by_ahead = LESS(ABS(forward - 0.5f * length), most, by_ahead, ZERO);

        V near = nearby * by_presence, by_squared = HERE(segment, by_nearest) - near * length;
        by_past += HERE(segment, by_past_there) + 2.0f * past * by_squared;
        by_side += HERE(segment, by_aside) + 2.0f * sideways * by_squared;
        V by_along = HERE(segment, by_walked_there) - by_past;
        V within = LESS(forward, ALL(length), by_along, ZERO);
        V by_forward = by_past + by_ahead + LESS(ZERO, forward, within, ZERO);
        V by_long = near - 0.5f * by_ahead + HERE(segment, by_length_there) + (by_along - within);
        ADD(length[s], by_long);
        ADD(arc[s], HERE(segment, by_arc));
        ADD(forward[s], by_forward);
        ADD(sideways[s], by_side);
        // The place in the segment's frame, turned back: from where the segment begins.
        float wx = stroke->direction[s][0], wy = stroke->direction[s][1];
        V ux = forward * wx - sideways * wy, uy = forward * wy + sideways * wx;
        ADD(direction[s][0], HERE(segment, by_ex) + ux * by_forward + uy * by_side);
        ADD(direction[s][1], HERE(segment, by_ey) + uy * by_forward - ux * by_side);
        scale += forward * by_forward + sideways * by_side;
    }
    ADD(scale, scale);
}

// The sum of a block's lanes, pair by pair.
static float DB_NAME(total)(const float *lane) {
    float sum[DB_BLOCK / 2];
    for (int i = 0; i < 8; i++) sum[i] = lane[i] + lane[i + 8];
    for (int i = 0; i < 4; i++) sum[i] = sum[i] + sum[i + 4];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

// Both structures have the same numbers in the same order: once, and once for each lane.
static void DB_NAME(totals)(const float *sums, float *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = DB_NAME(total)(sums + DB_BLOCK * i);
}

#endif
