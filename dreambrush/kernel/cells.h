#pragma once
#include <stdint.h>

// For Python:
// Where strokes (count, 9) may touch a grid of squares of a size in pixels, across and down of them, when paint gets so
// many radii far (count).  Gives nodes, far, low and sides as db_find_fragments takes them.  Returns 0, or -1 if there
// are more pieces than the kernel has room for.
int db_boxes(int64_t count, const float *strokes, const float *reach, float margin, float soft_edge, int64_t pieces,
             double size, int64_t across, int64_t down, float *nodes, float *far, int64_t *low, int64_t *sides);

// Reads cells of a pyramid (cells, channels) at points (rows, per, 2), bilinearly.  Each row reads one level: offset
// (rows) is its first cell, height and width (rows) are its sides, scale (rows) is levels' cells in a pixel.  Weights
// are float64 where precise is not 0.  found has room for rows * per * channels numbers.
void db_sample(int64_t rows, int64_t per, int64_t channels, const float *cells, const float *points,
               const int64_t *offset, const int64_t *height, const int64_t *width, const float *scale, int precise,
               float *found);

// Finds cells whose points lie nearer to a stroke's polyline than they must, stroke by stroke and row by row.
//
// Of each stroke: nodes (count, pieces + 1, 2), far (count): the distance; low and sides (count, 2): column and row of
// the first cell that is looked at, and how many columns and rows are.  The grid has points (cells, 2), across of them
// in a row.  found_id and found_points (n, 2) have room for all cells that are looked at; ends (count) says where each
// stroke's end.  Returns n.
int64_t db_find_fragments(int instructions, int64_t count, int64_t pieces, const float *nodes, const float *far,
                          const int64_t *low, const int64_t *sides, int64_t cells, const float *points, int64_t across,
                          int64_t *found_id, float *found_points, int64_t *ends);

// Where points (n, 2) lie along strokes' polylines, those of stroke i from starts[i] on: along (n) is the number of the
// nearest piece and the share of it that lies before the point.  nodes as in db_find_fragments.  Returns 0, or -1 if
// there are more pieces than the kernel has room for.
int db_find_along(int instructions, int64_t count, int64_t pieces, const float *nodes, const int64_t *starts,
                  const float *points, float *along);

// Draws fragments of strokes (count) by how much they say (n): about so many of each stroke as asked (count) wants,
// those whose lots (n) are less than their chance.  Of these it gives numbers, cells and strokes (m), points (m, 2)
// and how much heavier each counts (m), which have room for all; ends (count) says where each stroke's end.  Returns
// m.
int64_t db_draw(int64_t count, const int64_t *starts, const float *says, const double *asked, const float *lots,
                const int64_t *cell_id, const float *points, int64_t *which, int64_t *drawn_cell, int64_t *drawn_stroke,
                float *drawn_points, float *heavier, int64_t *ends);

// Lays n fragments on cells: canvas (cells, 3) and doubt (cells) change; change (n, 3) and before (n) say how.  shift
// (n, 3) may be NULL.
void db_compose(int64_t n, const int64_t *cell_id, const int64_t *stroke_id, const float *colours, const float *shift,
                const float *mean, const float *variance, float *canvas, float *doubt, float *change, float *before);

// Follows the error back through n fragments.  by_canvas (cells, 3), by_doubt and seen (cells) are used up; by_colour
// (strokes, 3) and visible (strokes) are added to.
void db_compose_back(int64_t n, const int64_t *cell_id, const int64_t *stroke_id, const float *mean,
                     const float *variance, const float *change, const float *before, float *by_canvas,
                     float *by_doubt, float *seen, float *by_mean, float *by_variance, double *by_colour,
                     double *visible);
