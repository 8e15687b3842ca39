#pragma once
#include <stdint.h>

// For Python:
// Scales pictures (count, height, width) to (count, rows, columns).  Each number of a row of the answer is a sum of
// row_taps rows, from number row_from[row] on, weighted by row_weights (rows, row_taps); columns in the same way.  All
// that is read lies within the pictures.  room has place for `width` numbers.
void db_scale(int instructions, int64_t count, int64_t height, int64_t width, const float *pictures, int64_t rows,
              int64_t row_taps, const int64_t *row_from, const float *row_weights, int64_t columns,
              int64_t column_taps, const int64_t *column_from, const float *column_weights, float *room, float *to);
