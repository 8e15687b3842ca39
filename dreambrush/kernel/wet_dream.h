#pragma once
#include <stdint.h>

#include "dream.h"

#define DB_PLACES 17      // nodes of a lane: places on the path where paint is picked up
#define DB_STEPS 16       // between them
#define DB_LANES 3        // rows of nodes, at most
#define DB_SHARES 3       // laid, own, kept
#define DB_RULERS 2       // memories: one short, one long
#define DB_WET_OUTPUTS 12 // shares; where each memory begins and the log of its length; mixtures of memories, of lanes

// The weights of a wet dream (train/fit/wet.py), in the order in which Python packs them.
typedef struct {
    float reach;
    float nib[4];                                 // (2, 2)
    float erases, lays;                           // 1 if the brush takes paint away, and if it lays any of its own
    float lanes;                                  // 1 to DB_LANES
    float first[DB_NEAREST * DB_HIDDEN];          // by input
    float first_back[DB_HIDDEN * DB_NEAREST];     // by output
    float traits[DB_TRAITS * DB_HIDDEN];          // by input
    float pressures[2 * DB_HIDDEN];               // by input
    float first_bias[DB_HIDDEN];
    float second[DB_HIDDEN * DB_HIDDEN];          // by input
    float second_back[DB_HIDDEN * DB_HIDDEN];     // by output
    float second_bias[DB_HIDDEN];
    float third[DB_HIDDEN * DB_WET_OUTPUTS];      // by input
    float third_back[DB_WET_OUTPUTS * DB_HIDDEN]; // by output
    float third_bias[DB_WET_OUTPUTS];             // with what is added to the answers, whatever was learned
} db_wet_dream;

// For Python:
// How many numbers a wet dream has: sizeof(db_wet_dream) in floats.
int db_wet_weights_count(void);

// Shares own, kept and carried (n) at points, and weights (n, 17 * lanes) of the nodes; arguments as of
// db_dream_values.
void db_wet_values(int instructions, const float *wet, int64_t count, const float *strokes, const int64_t *starts,
                   const float *points, float *own, float *kept, float *carried, float *weights);

// How something changes with strokes (count, 9), from how it changes with shares and weights at the points.
void db_wet_vjp(int instructions, const float *wet, int64_t count, const float *strokes, const int64_t *starts,
                const float *points, const float *by_own, const float *by_kept, const float *by_carried,
                const float *by_weights, float *by_strokes);
