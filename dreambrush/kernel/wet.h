#pragma once
#include <stdint.h>

// For Python:
// Lays strokes of wet paint on cells, one after the other, and follows an error back through them.
//
// The cells are squares of a size in pixels, row by row, across and down of them.  Fragments lie stroke by stroke;
// those of stroke i begin at starts[i].  A stroke of brush -1 is dry.  Others read the canvas below them: at each of
// their nodes (strokes, per, 2) in pixels, at taps (brushes, count, 2) in radii away from it, which have weights
// (brushes, count) with sum 1.  Paint has shares of the brush's own colour, of what lies there already, and of what
// was picked up, whose weights are (rows, per); what is missing to 1 shows the base (cells, 3).  Those of a stroke
// begin at row rows[i].  They are its fragments; or if places[i] is not 0, so many even places on its path: then along
// (n), from 0 to places - 1, says where a fragment lies between them, and linearly it has what lies there.  shift (n,
// 3) may be NULL.  Where base differs from cell to cell, cover (cells) says how much paint there is on it, and
// changes; it is NULL where base is the same everywhere.  As db_compose otherwise; samples (strokes, per, 4) says what
// was read: what is seen there, or its paint alone if there is a cover, premultiplied, and how much paint there is.
// wide has room for four numbers a cell.  Returns 0, or -1 if there are more nodes or places than the kernel has room
// for.
int db_compose_wet(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush, int64_t per,
                   const float *nodes, const float *radius, int64_t count, const float *taps, const float *tap_weights,
                   double size, int64_t across, int64_t down, const float *colours, const float *shift,
                   const float *mean, const float *variance, const int64_t *rows, const int64_t *places,
                   const float *along, const float *own, const float *kept, const float *carried, const float *weights,
                   const float *base, float *wide, float *canvas, float *cover, float *doubt, float *change,
                   float *before, float *samples);

// Which of n fragments, upper strokes last, are still seen in the end: by a share of at least so much.  left (cells)
// is 1 everywhere, and is used up; seen (n) is 1 or 0.
void db_find_seen(int64_t count, const int64_t *cell_id, const float *mean, float least, float *left, uint8_t *seen);

// canvas is the finished one, (cells, 4) here, as by_canvas is: the fourth number is not looked at.  A cover counts as
// fixed.  canvas is used up, as by_canvas, by_doubt and seen are.  by_own, by_kept and by_carried (rows) and
// by_weights (rows, per) are added to unless they are NULL, by_colour and visible are too; by_nodes (strokes, per, 2)
// is written.
int db_compose_wet_back(int64_t strokes, const int64_t *starts, const int64_t *cell_id, const int64_t *brush,
                        int64_t per, const float *nodes, const float *radius, int64_t count, const float *taps,
                        const float *tap_weights, double size, int64_t across, int64_t down, const float *colours,
                        const float *shift, const float *mean, const float *variance, const int64_t *rows,
                        const int64_t *places, const float *along, const float *own, const float *kept,
                        const float *carried, const float *weights, const float *base, const float *change,
                        const float *before, const float *samples, float *canvas, float *by_canvas, float *by_doubt,
                        float *seen, float *by_mean, float *by_variance, float *by_own, float *by_kept,
                        float *by_carried, float *by_weights, float *by_nodes, double *by_colour, double *visible);
