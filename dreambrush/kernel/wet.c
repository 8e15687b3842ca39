// Wet paint on the cells of a canvas: strokes that pick up what lies below them.
//
// The same numbers come of painter/refine/pickup.py, which is the reference.

#include "wet.h"

#include "common.h"
#include "wet_paint.h"

#define DRY (-1)
#define MOST_NODES 256
#define MOST_PLACES 16

typedef struct {
    int64_t count, across, down;
    const float *taps, *weights;
    float radius, per_pixel;
} Reader;

// Colours with a fourth number beside them, so that four can be read at once; and back.
static void widen(int64_t cells, const float *from, float *to) {
    for (int64_t i = 0; i < cells; i++) put_four(to + 4 * i, opaque(from + 3 * i));
}

static void narrow(int64_t cells, const float *from, float *to) {
    for (int64_t i = 0; i < cells; i++) put_three(to + 3 * i, four(from + 4 * i));
}

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

// What is seen around a node, from a canvas of four numbers a cell.
static V4 pick_up(const Reader *reader, const float *node, const float *canvas, const float *cover,
                  const float *base) {
    V4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int64_t tap = 0; tap < reader->count; tap++) {
        int inside;
        int32_t column, row;
        int64_t at = place(reader, node, tap, &inside, &column, &row);
        V4 seen = inside ? four(canvas + 4 * at) : opaque(base + 3 * at);
        if (cover) {
            float paint = inside ? cover[at] : 0.0f;
            seen -= (1.0f - paint) * three(base + 3 * at);
            seen[3] = paint;
        }
        sum += reader->weights[tap] * seen;
    }
    return sum;
}

// How a sum over the samples changes with the cells that were read, and with the place of the node.
static void put_back(const Reader *reader, const float *node, const float *canvas, V4 by, float *by_canvas,
                     float *by_node) {
    V4 across = {0.0f, 0.0f, 0.0f, 0.0f}, down = across;
    for (int64_t tap = 0; tap < reader->count; tap++) {
        int inside;
        int32_t column, row;
        int64_t at = place(reader, node, tap, &inside, &column, &row);
        if (!inside) continue;
        int64_t right = column + 1 < reader->across ? at + 1 : at, left = column > 0 ? at - 1 : at;
        int64_t below = row + 1 < reader->down ? at + reader->across : at, above = row > 0 ? at - reader->across : at;
        V4 pull = reader->weights[tap] * by;
        across += pull * (four(canvas + 4 * right) - four(canvas + 4 * left));
        down += pull * (four(canvas + 4 * below) - four(canvas + 4 * above));
        put_four(by_canvas + 4 * at, four(by_canvas + 4 * at) + pull);
    }
    by_node[0] = 0.5f * (across[0] + across[1] + across[2]) * reader->per_pixel;
    by_node[1] = 0.5f * (down[0] + down[1] + down[2]) * reader->per_pixel;
}

static int has_room(int64_t per, int64_t strokes, const int64_t *places) {
    int64_t fits = per <= MOST_NODES;
    for (int64_t i = 0; i < strokes; i++) fits &= places[i] == 0 || (places[i] >= 2 && places[i] <= MOST_PLACES);
    return (int)fits;
}

void db_find_seen(int64_t count, const int64_t *cell_id, const float *mean, float least, float *left, uint8_t *seen) {
    for (int64_t i = count - 1; i >= 0; i--) {
        float *through = left + cell_id[i];
        seen[i] = *through * mean[i] >= least;
        *through *= 1.0f - mean[i];
    }
}

int db_compose_wet(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush, int64_t per,
                   const float *nodes, const float *radius, int64_t count, const float *taps, const float *tap_weights,
                   double size, int64_t across, int64_t down, const float *colours, const float *shift,
                   const float *mean, const float *variance, const int64_t *rows, const int64_t *places,
                   const float *along, const float *own, const float *kept, const float *carried, const float *weights,
                   const float *base, float *wide, float *canvas, float *cover, float *doubt, float *change,
                   float *before, float *samples) {
    if (!has_room(per, strokes, places)) return -1;
    Paint paint = {per, along, own, kept, carried, weights};
    Mixed place[MOST_PLACES];
    widen(across * down, canvas, wide);
    for (int64_t stroke = 0; stroke < strokes; stroke++) {
        V4 colour = three(colours + 3 * stroke);
        float *sample = samples + 4 * per * stroke;
        int wet = brush[stroke] != DRY;
        int64_t few = places[stroke], row = rows[stroke] - starts[stroke];
        if (wet) {
            int64_t first = brush[stroke] * count;
            Reader reader = {count,          across, down, taps + 2 * first, tap_weights + first,
                             radius[stroke], (float)(1.0 / size)};
            for (int64_t j = 0; j < per; j++) {
                V4 found = pick_up(&reader, nodes + 2 * (per * stroke + j), wide, cover, base);
                put_four(sample + 4 * j, found);
            }
            mix_places(&paint, rows[stroke], few, sample, place);
        }
        for (int64_t i = starts[stroke]; i < starts[stroke + 1]; i++) {
            int64_t at = cell_id[i];
            float share = mean[i], bare = 1.0f - share;
            V4 under = four(wide + 4 * at), given = colour;
            if (shift) given += three(shift + 3 * i);
            Mixed here = PURE;
            if (wet) {
                here = few ? mix_between(place, few, along[i]) : mix(&paint, row + i, sample);
                V4 bottom = three(base + 3 * at), part = here.shares;
                float lifted = 1.0f - part[0] - part[1] - part[2];
                given = part[0] * given + part[2] * picked(&here, bottom);
                given += part[1] * under + lifted * bottom;
            }
            V4 added = given - under;
            added[3] = 0.0f;
            put_three(change + 3 * i, added);
            put_four(wide + 4 * at, under + share * added);
            if (cover) {
                float covers = here.shares[0] + here.shares[2] * here.memory[3] + here.shares[1] * cover[at];
                cover[at] += share * (covers - cover[at]);
            }
            float squared = added[0] * added[0] + added[1] * added[1] + added[2] * added[2];
            before[i] = doubt[at];
            doubt[at] = (bare * bare + variance[i]) * doubt[at] + variance[i] * squared;
        }
    }
    narrow(across * down, wide, canvas);
    return 0;
}

int db_compose_wet_back(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush,
                        int64_t per, const float *nodes, const float *radius, int64_t count, const float *taps,
                        const float *tap_weights, double size, int64_t across, int64_t down, const float *colours,
                        const float *shift, const float *mean, const float *variance, const int64_t *rows,
                        const int64_t *places, const float *along, const float *own, const float *kept,
                        const float *carried, const float *weights, const float *base, const float *change,
                        const float *before, const float *samples, float *canvas, float *by_canvas, float *by_doubt,
                        float *seen, float *by_mean, float *by_variance, float *by_own, float *by_kept,
                        float *by_carried, float *by_weights, float *by_nodes, double *by_colour, double *visible) {
    if (!has_room(per, strokes, places)) return -1;
    const V4 nothing = {0.0f, 0.0f, 0.0f, 0.0f};
    Paint paint = {per, along, own, kept, carried, weights};
    ByPaint by_paint = {by_own, by_kept, by_carried, by_weights};
    Mixed place[MOST_PLACES];
    V4 by_place[MOST_PLACES];
    float by_sample[4 * MOST_NODES];
    for (int64_t stroke = strokes - 1; stroke >= 0; stroke--) {
        const float *sample = samples + 4 * per * stroke;
        V4 colour = three(colours + 3 * stroke);
        double sums[3] = {0.0, 0.0, 0.0}, weighty = 0.0;
        int wet = brush[stroke] != DRY;
        int64_t few = places[stroke], row = rows[stroke];
        if (wet) {
            memset(by_sample, 0, 4 * per * sizeof *by_sample);
            for (int64_t i = 0; i < few; i++) by_place[i] = nothing;
            mix_places(&paint, row, few, sample, place);
        }
        for (int64_t i = starts[stroke + 1] - 1; i >= starts[stroke]; i--) {
            int64_t at = cell_id[i];
            float share = mean[i], spread = variance[i], bare = 1.0f - share, doubt = before[i], heavy = by_doubt[at];
            V4 added = three(change + 3 * i), pull = four(by_canvas + 4 * at), product = pull * added;
            float squared = added[0] * added[0] + added[1] * added[1] + added[2] * added[2];
            by_mean[i] = (product[0] + product[1] + product[2]) - 2.0f * bare * doubt * heavy;
            by_variance[i] = heavy * (doubt + squared);
            V4 passed = share * pull + 2.0f * heavy * spread * added, under = four(canvas + 4 * at) - share * added;
            put_four(canvas + 4 * at, under);
            float mine = 1.0f, left = 1.0f;
            if (wet) {
                int64_t own_row = row + i - starts[stroke];
                Mixed here = few ? mix_between(place, few, along[i]) : mix(&paint, own_row, sample);
                mine = here.shares[0];
                left = 1.0f - here.shares[1];
                V4 carries = here.shares[2] * passed, by_shares = nothing;
                carries[3] = 0.0f;
                V4 by_memory = carries;
                if (by_own) {
                    V4 bottom = three(base + 3 * at), given = colour;
                    if (shift) given += three(shift + 3 * i);
                    V4 hidden = carries * bottom, memory = picked(&here, bottom);
                    by_memory[3] = -(hidden[0] + hidden[1] + hidden[2]);
                    V4 by_given = passed * (given - bottom), by_under = passed * (under - bottom);
                    memory = passed * (memory - bottom);
                    by_shares[0] = by_given[0] + by_given[1] + by_given[2];
                    by_shares[1] = by_under[0] + by_under[1] + by_under[2];
                    by_shares[2] = memory[0] + memory[1] + memory[2];
                }
                if (few) {
                    float part;
                    int64_t from = find_place(along[i], few, &part);
                    by_place[from] += (1.0f - part) * by_memory;
                    by_place[from + 1] += part * by_memory;
                    if (by_own) {
                        add_mixed(&by_paint, row + from, 1.0f - part, by_shares);
                        add_mixed(&by_paint, row + from + 1, part, by_shares);
                    }
                } else {
                    add_samples(&paint, own_row, carries, by_sample);
                    if (by_own) {
                        add_mixed(&by_paint, own_row, 1.0f, by_shares);
                        add_weights(&paint, &by_paint, own_row, sample, by_memory);
                    }
                }
            }
            for (int c = 0; c < 3; c++) sums[c] += mine * passed[c];
            put_four(by_canvas + 4 * at, pull - left * passed);
            by_doubt[at] = heavy * (bare * bare + spread);
            weighty += seen[at] * (share + spread) * mine * mine;
            seen[at] *= bare;
        }
        for (int c = 0; c < 3; c++) by_colour[3 * stroke + c] += sums[c];
        visible[stroke] += weighty;
        float *by_node = by_nodes + 2 * per * stroke;
        for (int64_t j = 0; j < 2 * per; j++) by_node[j] = 0.0f;
        if (!wet) continue;
        for (int64_t i = 0; i < few; i++) {
            if (by_own) add_weights(&paint, &by_paint, row + i, sample, by_place[i]);
            by_place[i][3] = 0.0f;
            add_samples(&paint, row + i, by_place[i], by_sample);
        }
        int64_t first = brush[stroke] * count;
        Reader reader = {count,          across, down, taps + 2 * first, tap_weights + first,
                         radius[stroke], (float)(1.0 / size)};
        for (int64_t j = 0; j < per; j++) {
            V4 by = four(by_sample + 4 * j);
            if (by[0] != 0.0f || by[1] != 0.0f || by[2] != 0.0f)
                put_back(&reader, nodes + 2 * (per * stroke + j), canvas, by, by_canvas, by_node + 2 * j);
        }
    }
    return 0;
}
