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

int db_boxes(int64_t count, const float *strokes, const float *reach, float margin, float soft_edge, int64_t pieces,
             double size, int64_t across, int64_t down, float *nodes, float *far, int64_t *low, int64_t *sides) {
    if (pieces > MOST_PIECES) return -1;
    const int64_t cells[2] = {across, down};
    float first[MOST_PIECES + 1], second[MOST_PIECES + 1], third[MOST_PIECES + 1];
    for (int64_t i = 0; i <= pieces; i++) {
        float t = (float)((double)i / (double)pieces);
        first[i] = (1.0f - t) * (1.0f - t);
        second[i] = 2.0f * t * (1.0f - t);
        third[i] = t * t;
    }
    for (int64_t stroke = 0; stroke < count; stroke++, strokes += 9, nodes += 2 * (pieces + 1)) {
        float bend[2];
        for (int axis = 0; axis < 2; axis++) bend[axis] = strokes[axis] - 2.0f * strokes[2 + axis] + strokes[4 + axis];
        float bulge = sqrtf(bend[0] * bend[0] + bend[1] * bend[1]) / (float)(4 * pieces * pieces);
        far[stroke] = margin * strokes[8] * reach[stroke] + soft_edge + bulge;
        for (int axis = 0; axis < 2; axis++) {
            float least = INFINITY, most = -INFINITY;
            for (int64_t i = 0; i <= pieces; i++) {
                float node = first[i] * strokes[axis] + second[i] * strokes[2 + axis] + third[i] * strokes[4 + axis];
                nodes[2 * i + axis] = node;
                least = node < least ? node : least;
                most = node > most ? node : most;
            }
            // Whole numbers only from what is known to be small: a stroke may lie anywhere.
            double start = floor((double)(least - far[stroke]) / size);
            double end = floor((double)(most + far[stroke]) / size) + 1.0;
            int64_t from = start > 0.0 ? (start < (double)cells[axis] ? (int64_t)start : cells[axis]) : 0;
            int64_t to = end < (double)cells[axis] ? (end > 0.0 ? (int64_t)end : 0) : cells[axis];
            low[2 * stroke + axis] = from;
            sides[2 * stroke + axis] = to > from ? to - from : 0;
        }
    }
    return 0;
}

void db_sample(int64_t rows, int64_t per, int64_t channels, const float *cells, const float *points,
               const int64_t *offset, const int64_t *height, const int64_t *width, const float *scale, int precise,
               float *found) {
    for (int64_t row = 0; row < rows; row++) {
        const float *level = cells + channels * offset[row];
        int64_t wide = width[row], right = wide - 1, bottom = height[row] - 1;
        for (int64_t i = 0; i < per; i++, points += 2, found += channels) {
            float x = points[0] * scale[row] - 0.5f, y = points[1] * scale[row] - 0.5f;
            x = x > 0.0f ? (x < (float)right ? x : (float)right) : 0.0f; // and 0 if it is no number
            y = y > 0.0f ? (y < (float)bottom ? y : (float)bottom) : 0.0f;
            int64_t column = (int64_t)x, line = (int64_t)y;
            const float *a = level + channels * (line * wide + column);
            const float *b = a + (column < right ? channels : 0);
            const float *c = a + (line < bottom ? channels * wide : 0);
            const float *d = c + (column < right ? channels : 0);
            if (precise) {
                double fx = (double)x - (double)column, fy = (double)y - (double)line;
                for (int64_t j = 0; j < channels; j++) {
                    float upper = (float)((double)a[j] + fx * (double)(b[j] - a[j]));
                    float lower = (float)((double)c[j] + fx * (double)(d[j] - c[j]));
                    found[j] = (float)((double)upper + fy * (double)(lower - upper));
                }
            } else {
                float fx = (float)((double)x - (double)column), fy = (float)((double)y - (double)line);
                for (int64_t j = 0; j < channels; j++) {
                    float upper = a[j] + fx * (b[j] - a[j]), lower = c[j] + fx * (d[j] - c[j]);
                    found[j] = upper + fy * (lower - upper);
                }
            }
        }
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

int db_find_along(int instructions, int64_t count, int64_t pieces, const float *nodes, const int64_t *starts,
                  const float *points, float *along) {
    if (pieces > MOST_PIECES) return -1;
#ifdef DB_X86
    if (instructions == 2) {
        along_2(count, pieces, nodes, starts, points, along);
        return 0;
    }
    if (instructions == 1) {
        along_1(count, pieces, nodes, starts, points, along);
        return 0;
    }
#endif
    (void)instructions;
    along_0(count, pieces, nodes, starts, points, along);
    return 0;
}

int64_t db_draw(int64_t count, const int64_t *starts, const float *says, const double *asked, const float *lots,
                const int64_t *cell_id, const float *points, int64_t *which, int64_t *drawn_cell, int64_t *drawn_stroke,
                float *drawn_points, float *heavier, int64_t *ends) {
    int64_t drawn = 0;
    for (int64_t stroke = 0; stroke < count; stroke++) {
        double total = 0.0;
        for (int64_t i = starts[stroke]; i < starts[stroke + 1]; i++) total += (double)says[i];
        double share = asked[stroke] / (total > 1e-12 ? total : 1e-12);
        for (int64_t i = starts[stroke]; i < starts[stroke + 1]; i++) {
            double chance = (double)says[i] * share;
            chance = chance < 1.0 ? chance : 1.0;
            if (!((double)lots[i] < chance)) continue;
            which[drawn] = i;
            drawn_cell[drawn] = cell_id[i];
            drawn_stroke[drawn] = stroke;
            drawn_points[2 * drawn] = points[2 * i];
            drawn_points[2 * drawn + 1] = points[2 * i + 1];
            heavier[drawn] = (float)(1.0 / (chance > 1e-6 ? chance : 1e-6));
            drawn++;
        }
        ends[stroke] = drawn;
    }
    return drawn;
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
