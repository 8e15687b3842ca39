// Scales pictures: rows are blended first, then columns, each sum in one order.

#include "scaling.h"

#include "common.h"
#define BODY "scaling_rows.h"
#include "levels.h"

void db_scale(int instructions, int64_t count, int64_t height, int64_t width, const float *pictures, int64_t rows,
              int64_t row_taps, const int64_t *row_from, const float *row_weights, int64_t columns,
              int64_t column_taps, const int64_t *column_from, const float *column_weights, float *room, float *to) {
#ifdef DB_X86
    if (instructions == 2) {
        scale_2(count, height, width, pictures, rows, row_taps, row_from, row_weights, columns, column_taps,
                column_from, column_weights, room, to);
        return;
    }
    if (instructions == 1) {
        scale_1(count, height, width, pictures, rows, row_taps, row_from, row_weights, columns, column_taps,
                column_from, column_weights, room, to);
        return;
    }
#endif
    (void)instructions;
    scale_0(count, height, width, pictures, rows, row_taps, row_from, row_weights, columns, column_taps, column_from,
            column_weights, room, to);
}
