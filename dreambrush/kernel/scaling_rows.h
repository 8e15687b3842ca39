// Scales pictures row by row.  Included once for each level of instructions, after lanes.h.

// A weighted sum of rows of `width` numbers.
static void DB_NAME(blend)(int64_t width, int64_t taps, const float *from, const float *weights, float *to) {
    int64_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        V sum = {0};
        for (int64_t tap = 0; tap < taps; tap++) sum += DB_NAME(load)(from + tap * width + x) * weights[tap];
        DB_NAME(store)(to + x, sum);
    }
    for (; x < width; x++) {
        float sum = 0.0f;
        for (int64_t tap = 0; tap < taps; tap++) sum += from[tap * width + x] * weights[tap];
        to[x] = sum;
    }
}

static void DB_NAME(scale)(int64_t count, int64_t height, int64_t width, const float *pictures, int64_t rows,
                           int64_t row_taps, const int64_t *row_from, const float *row_weights, int64_t columns,
                           int64_t column_taps, const int64_t *column_from, const float *column_weights, float *room,
                           float *to) {
    for (int64_t picture = 0; picture < count; picture++, pictures += height * width)
        for (int64_t row = 0; row < rows; row++, to += columns) {
            DB_NAME(blend)(width, row_taps, pictures + row_from[row] * width, row_weights + row * row_taps, room);
            const float *weights = column_weights;
            for (int64_t column = 0; column < columns; column++, weights += column_taps) {
                const float *from = room + column_from[column];
                float sum = 0.0f;
                for (int64_t tap = 0; tap < column_taps; tap++) sum += from[tap] * weights[tap];
                to[column] = sum;
            }
        }
}
