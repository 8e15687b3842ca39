// The learned controller: the network of train/fit/round_network.py, row by row.
//
// As in dream.c, each number is computed in one fixed order: a sum begins with the bias, and goes through taps and
// inputs one after the other.  Outputs lie side by side in vectors, whose width does not matter for that.

#include "controller.h"

#include "common.h"

#define MOST_INPUTS (9 * DB_WIDE)
#define EDGE 2 // cells around those within a block, which are 0

// A convolution as its loop wants it: input i of a position lies offset[i] numbers from the position's own place.
typedef struct {
    const float *bias, *weights;
    int inputs, outputs;
    int32_t offset[MOST_INPUTS];
} Convolution;

// Three by three taps around the middle one; numbers from one to the next, and from row to row.
static void see_taps(Convolution *to, const float *bias, const float *weights, int inputs, int outputs, int64_t aside,
                     int64_t down) {
    *to = (Convolution){.bias = bias, .weights = weights, .inputs = 9 * inputs, .outputs = outputs};
    for (int tap = 0; tap < 9; tap++)
        for (int i = 0; i < inputs; i++)
            to->offset[tap * inputs + i] = (int32_t)((tap / 3 - 1) * down + (tap % 3 - 1) * aside + i);
}

static void see_point(Convolution *to, const float *bias, const float *weights, int inputs, int outputs) {
    *to = (Convolution){.bias = bias, .weights = weights, .inputs = inputs, .outputs = outputs};
    for (int i = 0; i < inputs; i++) to->offset[i] = i;
}

#define BODY "controller_rows.h"
#include "levels.h"

int64_t db_controller_weights(void) { return sizeof(db_controller) / sizeof(float); }

int64_t db_controller_room(int64_t rows, int64_t columns) {
    return 3 * (4 * columns + 1) * DB_PADDED(DB_FINE) + 3 * (2 * columns + 1) * DB_PADDED(DB_WIDE) +
           rows * columns * DB_PADDED(DB_CELL) + (rows + 2 * EDGE) * (columns + 2 * EDGE) * DB_PADDED(DB_INNER) +
           columns * (DB_PADDED(DB_INNER) + DB_PADDED(DB_HEAD) + DB_PADDED(DB_RAW) + 8);
}

void db_controller_strokes(int instructions, const float *controller, int64_t rows, int64_t columns,
                           const float *planes, float *room, float *strokes, float *promise) {
#ifdef DB_X86
    if (instructions == 2) {
        propose_2((const db_controller *)controller, rows, columns, planes, room, strokes, promise);
        return;
    }
    if (instructions == 1) {
        propose_1((const db_controller *)controller, rows, columns, planes, room, strokes, promise);
        return;
    }
#endif
    (void)instructions;
    propose_0((const db_controller *)controller, rows, columns, planes, room, strokes, promise);
}
