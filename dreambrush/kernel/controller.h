#pragma once
#include <stdint.h>

// Sizes of train/fit/round_network.py.
#define DB_PLANES 11     // that it sees
#define DB_FINE 24       // channels at every second pixel of the planes
#define DB_WIDE 40       // at every fourth
#define DB_CELL 56       // at every eighth, which are the cells
#define DB_INNER 28      // within a block
#define DB_HEAD 64
#define DB_RAW 10        // numbers that become a stroke and its promise
#define DB_RESIDUAL 5    // blocks
#define DB_PADDED(n) (((n) + 15) / 16 * 16)

// The weights of one convolution: by tap (row by row), input and output.  Outputs are filled up with zeros.
#define DB_CONVOLUTION(taps, inputs, outputs) \
    struct { float bias[DB_PADDED(outputs)], weights[(taps) * (inputs) * DB_PADDED(outputs)]; }

// Those of a controller, in the order in which Python packs them.
typedef struct {
    DB_CONVOLUTION(1, 4 * DB_PLANES, DB_FINE) fine;
    DB_CONVOLUTION(9, DB_FINE, DB_WIDE) wide;
    DB_CONVOLUTION(9, DB_WIDE, DB_CELL) cell;
    struct {
        DB_CONVOLUTION(1, DB_CELL, DB_INNER) narrow;
        DB_CONVOLUTION(9, DB_INNER, DB_INNER) around;
        DB_CONVOLUTION(1, DB_INNER, DB_CELL) widen;
    } block[DB_RESIDUAL];
    DB_CONVOLUTION(1, DB_CELL, DB_HEAD) head;
    DB_CONVOLUTION(1, DB_HEAD, DB_RAW) last;
} db_controller;

// For Python:
// How many numbers a controller has: sizeof(db_controller) in floats.
int64_t db_controller_weights(void);

// How many numbers db_controller_strokes needs room for, to work on a grid of so many cells.
int64_t db_controller_room(int64_t rows, int64_t columns);

// What a controller proposes for planes (11, 8 * rows, 8 * columns): strokes (rows, columns, 9) in cells, their points as
// seen from the middle of the stroke's cell, and promise (rows, columns).
void db_controller_strokes(int instructions, const float *controller, int64_t rows, int64_t columns,
                           const float *planes, float *room, float *strokes, float *promise);
