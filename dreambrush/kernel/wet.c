// Wet paint on the cells of a canvas: strokes that pick up what lies below them.
//
// The same numbers come of painter/refine/pickup.py, which is the reference.

#include "wet.h"

#include "common.h"

#define DRY (-1)
#define MOST_NODES 256
#define LEAST_WEIGHT 1e-6f

// A colour, and beside it how much paint there is: four numbers at once, which every processor has.
typedef float V4 __attribute__((vector_size(16)));

typedef struct {
    int64_t count, across, down;
    const float *taps, *weights;
    float radius, per_pixel;
} Reader;

INLINE V4 four(const float *from) {
    V4 value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE V4 three(const float *from) { return (V4){from[0], from[1], from[2], 0.0f}; }

INLINE int64_t nearest(float at, int64_t cells) {
    return at > 0.0f ? (at < (float)cells ? (int64_t)at : cells - 1) : 0; // and 0 if it is no number
}

// The cell that a tap reads; whether it is on the canvas, and if so in which column and row.
INLINE int64_t place(const Reader *reader, const float *node, int64_t tap, int *inside, int32_t *column,
                     int32_t *row) {
    float x = (node[0] + reader->taps[2 * tap] * reader->radius) * reader->per_pixel;
    float y = (node[1] + reader->taps[2 * tap + 1] * reader->radius) * reader->per_pixel;
    *inside = x >= 0.0f && x < (float)reader->across && y >= 0.0f && y < (float)reader->down;
    if (*inside) {
        *column = (int32_t)x;
        *row = (int32_t)y;
        return *row * reader->across + *column;
    }
    return nearest(y, reader->down) * reader->across + nearest(x, reader->across);
}

static void pick_up(const Reader *reader, const float *node, const float *canvas, const float *cover,
                    const float *base, float *sample) {
    V4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int64_t tap = 0; tap < reader->count; tap++) {
        int inside;
        int32_t column, row;
        int64_t at = place(reader, node, tap, &inside, &column, &row);
        V4 seen = three((inside ? canvas : base) + 3 * at);
        if (cover) {
            float paint = inside ? cover[at] : 0.0f;
            seen -= (1.0f - paint) * three(base + 3 * at);
            seen[3] = paint;
        } else {
            seen[3] = 1.0f;
        }
        sum += reader->weights[tap] * seen;
    }
    memcpy(sample, &sum, sizeof sum);
}

// How a sum over the samples changes with the cells that were read, and with the place of the node.
static void put_back(const Reader *reader, const float *node, const float *canvas, const float *by_sample,
                     float *by_canvas, float *by_node) {
    V4 by = three(by_sample), across = {0.0f, 0.0f, 0.0f, 0.0f}, down = across;
    for (int64_t tap = 0; tap < reader->count; tap++) {
        int inside;
        int32_t column, row;
        int64_t at = place(reader, node, tap, &inside, &column, &row);
        if (!inside) continue;
        int64_t right = column + 1 < reader->across ? at + 1 : at, left = column > 0 ? at - 1 : at;
        int64_t below = row + 1 < reader->down ? at + reader->across : at, above = row > 0 ? at - reader->across : at;
        V4 pull = reader->weights[tap] * by;
        across += pull * (three(canvas + 3 * right) - three(canvas + 3 * left));
        down += pull * (three(canvas + 3 * below) - three(canvas + 3 * above));
        for (int c = 0; c < 3; c++) by_canvas[3 * at + c] += pull[c];
    }
    by_node[0] = 0.5f * (across[0] + across[1] + across[2]) * reader->per_pixel;
    by_node[1] = 0.5f * (down[0] + down[1] + down[2]) * reader->per_pixel;
}

// The nodes whose weights count: from the first to before the last; none where nothing is carried.
INLINE void find_span(int64_t per, const float *weight, float carried, int64_t *first, int64_t *last) {
    int64_t from = 0, to = carried != 0.0f ? per : 0;
    while (from < to && weight[from] < LEAST_WEIGHT) from++;
    while (to > from && weight[to - 1] < LEAST_WEIGHT) to--;
    *first = from;
    *last = to;
}

// What a brush carries at a point: of each node its part, and the base where that is transparent.
INLINE void read_memory(int64_t first, int64_t last, const float *weight, const float *sample, const float *base,
                        float *picked) {
    V4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int64_t j = first; j < last; j++) sum += weight[j] * four(sample + 4 * j);
    for (int c = 0; c < 3; c++) picked[c] = sum[c] + (1.0f - sum[3]) * base[c];
    picked[3] = sum[3];
}

void db_find_seen(int64_t count, const int64_t *cell_id, const float *mean, float least, float *left, uint8_t *seen) {
    for (int64_t i = count - 1; i >= 0; i--) {
        float *through = left + cell_id[i];
        seen[i] = *through * mean[i] >= least;
        *through *= 1.0f - mean[i];
    }
}

int db_compose_wet(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush, int64_t per,
                    const float *nodes, const float *radius, int64_t count, const float *taps,
                    const float *tap_weights, double size, int64_t across, int64_t down, const float *colours,
                    const float *shift, const float *mean, const float *variance, const float *own,
                    const float *kept, const float *carried, const float *weights, const float *base, float *canvas, float *cover,
                    float *doubt, float *change, float *before, float *samples) {
    if (per > MOST_NODES) return -1;
    for (int64_t stroke = 0; stroke < strokes; stroke++) {
        const float *colour = colours + 3 * stroke;
        float *sample = samples + 4 * per * stroke;
        int wet = brush[stroke] != DRY;
        if (wet) {
            int64_t first = brush[stroke] * count;
            Reader reader = {count,          across, down, taps + 2 * first, tap_weights + first,
                             radius[stroke], (float)(1.0 / size)};
            for (int64_t j = 0; j < per; j++)
                pick_up(&reader, nodes + 2 * (per * stroke + j), canvas, cover, base, sample + 4 * j);
        }
        for (int64_t i = starts[stroke]; i < starts[stroke + 1]; i++) {
            float *under = canvas + 3 * cell_id[i], *doubtful = doubt + cell_id[i], *added = change + 3 * i;
            float share = mean[i], bare = 1.0f - share;
            float picked[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            if (wet) {
                int64_t first, last;
                find_span(per, weights + per * i, carried[i], &first, &last);
                read_memory(first, last, weights + per * i, sample, base + 3 * cell_id[i], picked);
            }
            float lifted = wet ? 1.0f - own[i] - kept[i] - carried[i] : 0.0f;
            for (int c = 0; c < 3; c++) {
                float given = shift ? colour[c] + shift[3 * i + c] : colour[c];
                float paint = given;
                if (wet) {
                    paint = own[i] * given + carried[i] * picked[c];
                    paint += kept[i] * under[c] + lifted * base[3 * cell_id[i] + c];
                }
                added[c] = paint - under[c];
                under[c] += share * added[c];
            }
            if (cover) {
                float *paint = cover + cell_id[i];
                *paint += share * ((wet ? own[i] + carried[i] * picked[3] + kept[i] * *paint : 1.0f) - *paint);
            }
            float squared = added[0] * added[0] + added[1] * added[1] + added[2] * added[2];
            before[i] = *doubtful;
            *doubtful = (bare * bare + variance[i]) * *doubtful + variance[i] * squared;
        }
    }
    return 0;
}

int db_compose_wet_back(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush,
                         int64_t per, const float *nodes, const float *radius, int64_t count, const float *taps,
                         const float *tap_weights, double size, int64_t across, int64_t down, const float *colours,
                         const float *shift, const float *mean, const float *variance, const float *own,
                         const float *kept, const float *carried, const float *weights, const float *base, const float *change,
                         const float *before, const float *samples, float *canvas, float *by_canvas, float *by_doubt,
                         float *seen, float *by_mean, float *by_variance, float *by_own, float *by_kept,
                         float *by_carried,
                         float *by_weights, float *by_nodes, double *by_colour, double *visible) {
    if (per > MOST_NODES) return -1;
    for (int64_t stroke = strokes - 1; stroke >= 0; stroke--) {
        const float *colour = colours + 3 * stroke, *sample = samples + 4 * per * stroke;
        float *by_node = by_nodes + 2 * per * stroke;
        float by_sample[4 * MOST_NODES];
        int wet = brush[stroke] != DRY;
        if (wet) memset(by_sample, 0, 4 * per * sizeof(float));
        for (int64_t i = starts[stroke + 1] - 1; i >= starts[stroke]; i--) {
            int64_t at = cell_id[i];
            float share = mean[i], spread = variance[i], bare = 1.0f - share, doubt = before[i], heavy = by_doubt[at];
            const float *added = change + 3 * i;
            float *pull = by_canvas + 3 * at;
            by_mean[i] = (pull[0] * added[0] + pull[1] * added[1] + pull[2] * added[2]) - 2.0f * bare * doubt * heavy;
            by_variance[i] = heavy * (doubt + (added[0] * added[0] + added[1] * added[1] + added[2] * added[2]));
            float doubled = 2.0f * heavy * spread, passed[3];
            float part = wet ? own[i] : 1.0f, left = wet ? 1.0f - kept[i] : 1.0f;
            for (int c = 0; c < 3; c++) {
                passed[c] = share * pull[c] + doubled * added[c];
                by_colour[3 * stroke + c] += part * passed[c];
                pull[c] -= left * passed[c];
                canvas[3 * at + c] -= share * added[c];
            }
            if (by_own) by_own[i] = by_kept[i] = by_carried[i] = 0.0f;
            if (wet) {
                const float *weight = weights + per * i;
                int64_t first, last;
                find_span(per, weight, carried[i], &first, &last);
                V4 carries = carried[i] * three(passed);
                for (int64_t j = first; j < last; j++) {
                    V4 sum = four(by_sample + 4 * j) + carries * weight[j];
                    memcpy(by_sample + 4 * j, &sum, sizeof sum);
                }
            }
            if (wet && by_own) {
                const float *weight = weights + per * i;
                float *by_weight = by_weights + per * i;
                int64_t first, last;
                find_span(per, weight, 1.0f, &first, &last);
                float picked[4], carries[3], hides = 0.0f;
                read_memory(first, last, weight, sample, base + 3 * at, picked);
                for (int c = 0; c < 3; c++) {
                    carries[c] = carried[i] * passed[c];
                    hides += carries[c] * base[3 * at + c];
                }
                for (int64_t j = 0; j < per; j++) by_weight[j] = 0.0f;
                for (int64_t j = first; j < last; j++) {
                    const float *found = sample + 4 * j;
                    by_weight[j] = carries[0] * found[0] + carries[1] * found[1] + carries[2] * found[2] - hides * found[3];
                }
                for (int c = 0; c < 3; c++) {
                    float given = shift ? colour[c] + shift[3 * i + c] : colour[c];
                    float bottom = base[3 * at + c];
                    by_own[i] += passed[c] * (given - bottom);
                    by_kept[i] += passed[c] * (canvas[3 * at + c] - bottom);
                    by_carried[i] += passed[c] * (picked[c] - bottom);
                }
            }
            by_doubt[at] = heavy * (bare * bare + spread);
            visible[stroke] += seen[at] * (share + spread) * part * part;
            seen[at] *= bare;
        }
        for (int64_t j = 0; j < 2 * per; j++) by_node[j] = 0.0f;
        if (!wet) continue;
        int64_t first = brush[stroke] * count;
        Reader reader = {count,          across, down, taps + 2 * first, tap_weights + first,
                         radius[stroke], (float)(1.0 / size)};
        for (int64_t j = 0; j < per; j++) {
            const float *by = by_sample + 4 * j;
            if (by[0] != 0.0f || by[1] != 0.0f || by[2] != 0.0f)
                put_back(&reader, nodes + 2 * (per * stroke + j), canvas, by, by_canvas, by_node + 2 * j);
        }
    }
    return 0;
}
