#pragma once
#include <stdint.h>

#define DB_STROKE 9        // numbers of a stroke: start, control and end x and y, pressure at start and end, radius
#define DB_SEGMENTS 8      // straight pieces of a path
#define DB_OFFSETS 4       // numbers that say where a point lies beside a segment
#define DB_MANNERS 5       // numbers that say how the brush passes along a segment
#define DB_PASSES 4        // ways in which a segment can touch a point
#define DB_NEAREST 16      // numbers that say how a point lies to the nearest point of the path
#define DB_TRAITS 5        // numbers of a stroke as a whole
#define DB_HIDDEN 48       // units of each hidden layer
#define DB_FEATURES 20     // nearest and passes, which vary from point to point
#define DB_BLOCK 16        // points dreamt together

// The weights of a dream, in the order in which Python packs them.  Matrices are kept both ways round, so that each
// product reads its weights one after the other.
typedef struct {
    float reach;
    float nib[4];                                // (2, 2)
    float offsets[DB_OFFSETS * DB_PASSES];       // by input
    float manners[DB_MANNERS * DB_PASSES];       // by input
    float manners_bias[DB_PASSES];
    float first[DB_FEATURES * DB_HIDDEN];        // by input
    float first_back[DB_HIDDEN * DB_FEATURES];   // by output
    float traits[DB_TRAITS * DB_HIDDEN];         // by input
    float first_bias[DB_HIDDEN];
    float second[DB_HIDDEN * DB_HIDDEN];         // by input
    float second_back[DB_HIDDEN * DB_HIDDEN];    // by output
    float second_bias[DB_HIDDEN];
    float third[2 * DB_HIDDEN];                  // by output
    float third_bias[2];
} db_dream;

// For Python:
// The instructions that are used: 0 those of every machine, 1 AVX2, 2 AVX-512.
int db_best_instructions(void);

// How many numbers a dream has: sizeof(db_dream) in floats.
int db_weights_count(void);

// Mean and variance of alpha at points.  starts (count + 1): where each stroke's points begin in points (n, 2).
void db_dream_values(int instructions, const float *dream, int64_t count, const float *strokes,
                     const int64_t *starts, const float *points, float *mean, float *variance);

// How something changes with strokes (count, 9), from how it changes with mean and variance at the points (n).
void db_dream_vjp(int instructions, const float *dream, int64_t count, const float *strokes, const int64_t *starts,
                  const float *points, const float *by_mean, const float *by_variance, float *by_strokes);
