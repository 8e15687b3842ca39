// Convolutions of one row, and what is made of them.  Included once for each level of instructions, after lanes.h.

#define LOAD DB_NAME(load)
#define STORE DB_NAME(store)
#define MAX DB_NAME(max)
#define ALL DB_NAME(all)
// Sums held in registers at once: vectors of outputs, times positions.
#if DB_LEVEL == 2
#define MOST_VECTORS 4
#define POSITIONS(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : (vectors) == 2 ? 12 : 16)
#define MOST_POSITIONS 16
#else
#define MOST_VECTORS 3
#define POSITIONS(vectors) ((vectors) == 3 ? 3 : (vectors) == 2 ? 5 : 8)
#define MOST_POSITIONS 8
#endif

// What becomes of the sums of a row: added to it is what lies there already, and less than 0 becomes 0.
typedef struct {
    int64_t from, to; // numbers from a position to the next
    int add, relu;
} DB_NAME(Row);

// Some outputs of some positions; those before `first` are computed but not kept.
INLINE void DB_NAME(tile)(const Convolution *of, int output, int vectors, int positions, int first, const float *from,
                          float *to, DB_NAME(Row) row) {
    V sum[MOST_POSITIONS][MOST_VECTORS];
    int stride = DB_PADDED(of->outputs);
    const float *weights = of->weights + output;
#pragma GCC unroll 16
    for (int p = 0; p < positions; p++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) sum[p][v] = LOAD(of->bias + output + v * LANES);
    for (int i = 0; i < of->inputs; i++, weights += stride) {
        const float *input = from + of->offset[i];
#pragma GCC unroll 16
        for (int p = 0; p < positions; p++) {
            V value = ALL(input[p * row.from]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) sum[p][v] += value * LOAD(weights + v * LANES);
        }
    }
#pragma GCC unroll 16
    for (int p = 0; p < positions; p++)
        if (p >= first) {
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                float *place = to + p * row.to + output + v * LANES;
                V value = row.add ? sum[p][v] + LOAD(place) : sum[p][v];
                STORE(place, row.relu ? MAX(value, (V){0}) : value);
            }
        }
}

// So many vectors of outputs, for all positions of a row.
INLINE void DB_NAME(strip)(const Convolution *of, int output, int vectors, int64_t count, const float *from, float *to,
                           DB_NAME(Row) row) {
    const int positions = POSITIONS(vectors);
    int64_t at = 0;
    for (; at + positions <= count; at += positions)
        DB_NAME(tile)(of, output, vectors, positions, 0, from + at * row.from, to + at * row.to, row);
    if (at < count && count >= positions) { // the last ones once more, so that there are enough at once
        int64_t back = count - positions;
        DB_NAME(tile)(of, output, vectors, positions, (int)(at - back), from + back * row.from, to + back * row.to, row);
    } else {
        for (; at < count; at++) DB_NAME(tile)(of, output, vectors, 1, 0, from + at * row.from, to + at * row.to, row);
    }
}

static void DB_NAME(strip_1)(const Convolution *of, int at, int64_t count, const float *from, float *to,
                             DB_NAME(Row) row) {
    DB_NAME(strip)(of, at, 1, count, from, to, row);
}

static void DB_NAME(strip_2)(const Convolution *of, int at, int64_t count, const float *from, float *to,
                             DB_NAME(Row) row) {
    DB_NAME(strip)(of, at, 2, count, from, to, row);
}

static void DB_NAME(strip_3)(const Convolution *of, int at, int64_t count, const float *from, float *to,
                             DB_NAME(Row) row) {
    DB_NAME(strip)(of, at, 3, count, from, to, row);
}

#if MOST_VECTORS == 4
static void DB_NAME(strip_4)(const Convolution *of, int at, int64_t count, const float *from, float *to,
                             DB_NAME(Row) row) {
    DB_NAME(strip)(of, at, 4, count, from, to, row);
}
#endif

// A convolution at `count` positions.  What lies between the last output and a whole vector becomes 0.
static void DB_NAME(convolve)(const Convolution *of, int64_t count, const float *from, float *to, DB_NAME(Row) row) {
    int left = (of->outputs + LANES - 1) / LANES, output = 0;
    while (left > 0) {
        int vectors = left <= MOST_VECTORS ? left : left == MOST_VECTORS + 1 ? (left + 1) / 2 : MOST_VECTORS;
        if (vectors == 1) DB_NAME(strip_1)(of, output, count, from, to, row);
        if (vectors == 2) DB_NAME(strip_2)(of, output, count, from, to, row);
        if (vectors == 3) DB_NAME(strip_3)(of, output, count, from, to, row);
#if MOST_VECTORS == 4
        if (vectors == 4) DB_NAME(strip_4)(of, output, count, from, to, row);
#endif
        output += vectors * LANES;
        left -= vectors;
    }
}

static void DB_NAME(exponentials)(int64_t n, float *x) {
    for (int64_t i = 0; i < n; i += LANES) {
        float last[LANES] = {0};
        size_t size = (size_t)(n - i < LANES ? n - i : LANES) * sizeof *x;
        memcpy(last, x + i, size);
        DB_NAME(store)(last, DB_NAME(exponential)(DB_NAME(load)(last)));
        memcpy(x + i, last, size);
    }
}

// tanh and the logistic function, from e^2x and e^-x.
INLINE float DB_NAME(tanh_of)(float power) { return 1.0f - 2.0f / (power + 1.0f); }
INLINE float DB_NAME(share_of)(float power) { return 1.0f / (1.0f + power); }

// A row's numbers as strokes; see strokes_of in round_network.py.  `powers` has room for eight numbers a cell.
static void DB_NAME(strokes)(int64_t count, const float *raw, float *powers, float *strokes, float *promise) {
    const int64_t stride = DB_PADDED(DB_RAW);
    for (int64_t i = 0; i < count; i++) {
        const float *x = raw + i * stride;
        float *to = powers + 8 * i;
        to[0] = 2.0f * x[0];
        to[1] = 2.0f * x[1];
        to[2] = 2.0f * (x[4] / 1.2f);
        to[3] = 2.0f * x[5];
        to[4] = -(x[6] + 1.5f);
        to[5] = -(x[7] + 1.5f);
        to[6] = -(x[9] - 1.0f);
        to[7] = 0.0f;
    }
    DB_NAME(exponentials)(8 * count, powers);
    float *radii = powers + 7; // in their own places once more
    for (int64_t i = 0; i < count; i++) {
        float radius[LANES] = {0};
        radius[0] = 1.2f * DB_NAME(tanh_of)(powers[8 * i + 2]);
        DB_NAME(exponentials)(1, radius);
        radii[8 * i] = 0.45f * radius[0];
    }
    for (int64_t i = 0; i < count; i++, strokes += 9) {
        const float *x = raw + i * stride, *power = powers + 8 * i;
        float radius = power[7], middle[2], half[2];
        float across = x[2] + 0.3f, down = x[3] + 0.1f, norm = sqrtf(across * across + down * down + 1e-3f);
        float length = 1.9f * radius + 2.2f * DB_NAME(share_of)(power[6]);
        for (int axis = 0; axis < 2; axis++) {
            middle[axis] = 1.2f * DB_NAME(tanh_of)(power[axis]);
            half[axis] = (axis ? down : across) / norm * length;
        }
        float bend = 0.5f * DB_NAME(tanh_of)(power[3]);
        for (int axis = 0; axis < 2; axis++) {
            strokes[axis] = middle[axis] - half[axis];
            strokes[2 + axis] = middle[axis] + 2.0f * bend * (axis ? half[0] : -half[1]);
            strokes[4 + axis] = middle[axis] + half[axis];
            strokes[6 + axis] = 0.25f + 0.75f * DB_NAME(share_of)(power[4 + axis]);
        }
        strokes[8] = radius;
        promise[i] = x[8];
    }
}

// The cells' features, from planes to the first block, row by row.
static void DB_NAME(see)(const db_controller *with, int64_t rows, int64_t columns, const float *planes, float *fine,
                         float *wide, float *cells) {
    const int64_t F = DB_PADDED(DB_FINE), W = DB_PADDED(DB_WIDE), C = DB_PADDED(DB_CELL);
    const int64_t pixels = 8 * columns, fine_row = (4 * columns + 1) * F, wide_row = (2 * columns + 1) * W;
    Convolution to_fine, to_wide, to_cell;
    see_point(&to_fine, with->fine.bias, with->fine.weights, 4 * DB_PLANES, DB_FINE);
    for (int i = 0; i < 4 * DB_PLANES; i++) // four pixels of each plane in turn
        to_fine.offset[i] = (int32_t)((i / 4) * 8 * rows * pixels + (i / 2 % 2) * pixels + i % 2);
    see_taps(&to_wide, with->wide.bias, with->wide.weights, DB_FINE, DB_WIDE, F, fine_row);
    see_taps(&to_cell, with->cell.bias, with->cell.weights, DB_WIDE, DB_CELL, W, wide_row);
    // Each convolution sees three rows, of which the first is the last of those before it; beside and above is nothing.
    memset(fine, 0, (size_t)(3 * fine_row) * sizeof *fine);
    memset(wide, 0, (size_t)(3 * wide_row) * sizeof *wide);
    for (int64_t row = 0; row < rows; row++) {
        for (int half = 0; half < 2; half++) {
            for (int quarter = 0; quarter < 2; quarter++) {
                const float *from = planes + (8 * row + 4 * half + 2 * quarter) * pixels;
                DB_NAME(Row) every = {.from = 2, .to = F, .relu = 1};
                DB_NAME(convolve)(&to_fine, 4 * columns, from, fine + (1 + quarter) * fine_row + F, every);
            }
            DB_NAME(Row) every = {.from = 2 * F, .to = W, .relu = 1};
            DB_NAME(convolve)(&to_wide, 2 * columns, fine + fine_row + F, wide + (1 + half) * wide_row + W, every);
            memcpy(fine, fine + 2 * fine_row, (size_t)fine_row * sizeof *fine);
        }
        DB_NAME(Row) every = {.from = 2 * W, .to = C, .relu = 1};
        DB_NAME(convolve)(&to_cell, columns, wide + wide_row + W, cells + row * columns * C, every);
        memcpy(wide, wide + 2 * wide_row, (size_t)wide_row * sizeof *wide);
    }
}

static void DB_NAME(propose)(const db_controller *with, int64_t rows, int64_t columns, const float *planes, float *room,
                             float *strokes, float *promise) {
    const int64_t C = DB_PADDED(DB_CELL), N = DB_PADDED(DB_INNER), H = DB_PADDED(DB_HEAD), R = DB_PADDED(DB_RAW);
    const int64_t padded = columns + 2 * EDGE;
    float *fine = room, *wide = fine + 3 * (4 * columns + 1) * DB_PADDED(DB_FINE);
    float *cells = wide + 3 * (2 * columns + 1) * DB_PADDED(DB_WIDE), *inner = cells + rows * columns * C;
    float *around = inner + (rows + 2 * EDGE) * padded * N, *head = around + columns * N, *raw = head + columns * H;
    DB_NAME(see)(with, rows, columns, planes, fine, wide, cells);
    memset(inner, 0, (size_t)((rows + 2 * EDGE) * padded * N) * sizeof *inner);
    Convolution narrow, about, widen;
    for (int block = 0; block < DB_RESIDUAL; block++) {
        int far = 1 + block % 2; // every second block looks twice as far
        see_point(&narrow, with->block[block].narrow.bias, with->block[block].narrow.weights, DB_CELL, DB_INNER);
        see_taps(&about, with->block[block].around.bias, with->block[block].around.weights, DB_INNER, DB_INNER, far * N,
                 far * padded * N);
        see_point(&widen, with->block[block].widen.bias, with->block[block].widen.weights, DB_INNER, DB_CELL);
        for (int64_t row = 0; row < rows; row++)
            DB_NAME(convolve)(&narrow, columns, cells + row * columns * C, inner + ((row + EDGE) * padded + EDGE) * N,
                              (DB_NAME(Row)){.from = C, .to = N, .relu = 1});
        for (int64_t row = 0; row < rows; row++) {
            DB_NAME(convolve)(&about, columns, inner + ((row + EDGE) * padded + EDGE) * N, around,
                              (DB_NAME(Row)){.from = N, .to = N, .relu = 1});
            DB_NAME(convolve)(&widen, columns, around, cells + row * columns * C,
                              (DB_NAME(Row)){.from = N, .to = C, .add = 1, .relu = block == DB_RESIDUAL - 1});
        }
    }
    see_point(&narrow, with->head.bias, with->head.weights, DB_CELL, DB_HEAD);
    see_point(&widen, with->last.bias, with->last.weights, DB_HEAD, DB_RAW);
    for (int64_t row = 0; row < rows; row++) {
        DB_NAME(convolve)(&narrow, columns, cells + row * columns * C, head, (DB_NAME(Row)){.from = C, .to = H, .relu = 1});
        DB_NAME(convolve)(&widen, columns, head, raw, (DB_NAME(Row)){.from = H, .to = R});
        DB_NAME(strokes)(columns, raw, raw + columns * R, strokes + 9 * row * columns, promise + row * columns);
    }
}

#undef LOAD
#undef STORE
#undef MAX
#undef ALL
#undef MOST_VECTORS
#undef MOST_POSITIONS
#undef POSITIONS
