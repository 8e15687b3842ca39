// What paint does to the cells of a canvas: which it may touch, what they become, and how an error follows back.
//
// The same numbers come of painter/refine/fragments.py and compositing.py, which are the reference.

#include "cells.h"

#include "common.h"

#define MOST_PIECES 16

typedef struct {
    float x, y, ex, ey, steep; // where a piece of a path begins, where it goes, and 1 / its squared length
} Piece;

static void see_pieces(const float *nodes, int64_t pieces, Piece *to) {
    for (int64_t i = 0; i < pieces; i++, to++) {
        to->x = nodes[2 * i];
        to->y = nodes[2 * i + 1];
        to->ex = nodes[2 * i + 2] - to->x;
        to->ey = nodes[2 * i + 3] - to->y;
        float squared = to->ex * to->ex + to->ey * to->ey;
        to->steep = 1.0f / (squared > 1e-9f ? squared : 1e-9f);
    }
}

#define BODY "cells_near.h"
#include "levels.h"

int64_t db_find_fragments(int instructions, int64_t count, int64_t pieces, const float *nodes, const float *far,
                          const int64_t *low, const int64_t *sides, int64_t cells, const float *points, int64_t across,
                          int64_t *found_id, float *found_points, int64_t *ends) {
    if (pieces > MOST_PIECES) return -1;
#ifdef DB_X86
    if (instructions == 2)
        return find_2(count, pieces, nodes, far, low, sides, cells, points, across, found_id, found_points, ends);
    if (instructions == 1)
        return find_1(count, pieces, nodes, far, low, sides, cells, points, across, found_id, found_points, ends);
#endif
    (void)instructions;
    return find_0(count, pieces, nodes, far, low, sides, cells, points, across, found_id, found_points, ends);
}

void db_compose(int64_t n, const int64_t *cell_id, const int64_t *stroke_id, const float *colours, const float *shift,
                const float *mean, const float *variance, float *canvas, float *doubt, float *change, float *before) {
    for (int64_t i = 0; i < n; i++) {
        const float *colour = colours + 3 * stroke_id[i];
        float *under = canvas + 3 * cell_id[i], *doubtful = doubt + cell_id[i], *added = change + 3 * i;
        float share = mean[i], bare = 1.0f - share;
        for (int j = 0; j < 3; j++) {
            added[j] = (shift ? colour[j] + shift[3 * i + j] : colour[j]) - under[j];
            under[j] += share * added[j];
        }
        float squared = added[0] * added[0] + added[1] * added[1] + added[2] * added[2];
        before[i] = *doubtful;
        *doubtful = (bare * bare + variance[i]) * *doubtful + variance[i] * squared;
    }
}

void db_compose_back(int64_t n, const int64_t *cell_id, const int64_t *stroke_id, const float *mean,
                     const float *variance, const float *change, const float *before, float *by_canvas,
                     float *by_doubt, float *seen, float *by_mean, float *by_variance, double *by_colour,
                     double *visible) {
    for (int64_t i = n - 1; i >= 0; i--) {
        int64_t at = cell_id[i], stroke = stroke_id[i];
        float share = mean[i], spread = variance[i], bare = 1.0f - share, doubt = before[i], heavy = by_doubt[at];
        const float *added = change + 3 * i;
        float *pull = by_canvas + 3 * at;
        by_mean[i] = (pull[0] * added[0] + pull[1] * added[1] + pull[2] * added[2]) - 2.0f * bare * doubt * heavy;
        by_variance[i] = heavy * (doubt + (added[0] * added[0] + added[1] * added[1] + added[2] * added[2]));
        float doubled = 2.0f * heavy * spread;
        for (int j = 0; j < 3; j++) {
            float passed = share * pull[j] + doubled * added[j];
            by_colour[3 * stroke + j] += passed;
            pull[j] -= passed;
        }
        by_doubt[at] = heavy * (bare * bare + spread);
        visible[stroke] += seen[at] * (share + spread);
        seen[at] *= bare;
    }
}
