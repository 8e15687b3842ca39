#pragma once
#include <stdint.h>

// For Python:
// Functions of n numbers that are the same bits on every machine.
void db_exp(int64_t n, const float *x, float *to);
void db_sin(int64_t n, const float *x, float *to);
void db_cos(int64_t n, const float *x, float *to);
void db_unit_vectors(int64_t n, const float *angle, float *to); // cosine and sine (n, 2)
void db_arctan2(int64_t n, const float *y, const float *x, float *to);

// Powers of numbers from 0 with one exponent above 0, within a millionth; of less than 1e-37 they are 0.
void db_power(int instructions, int64_t n, const float *x, float exponent, float *to);

// Sums over the points of rows: weights (rows, n) times values (rows, n, channels).
void db_weighted_sums(int64_t rows, int64_t n, int64_t channels, const float *weights, const float *values, float *to);

// The colour that suits cells best, from weights times the mean of alpha and its square (n), the canvas and what lacks of
// the target (n, 3): it is to[0..2], before it is clipped, and the weight of all is to[3].
void db_best_colour(int64_t n, const float *first, const float *second, const float *canvas, const float *residual,
                    float least, float *to);

// How much squared error a colour (3) removes from these cells.
double db_gain(int64_t n, const float *first, const float *second, const float *canvas, const float *residual,
               const float *colour);

// Products of matrices (height, inner), the same for all, and (count, inner, width).
void db_products(int64_t count, int64_t height, int64_t inner, int64_t width, const float *left, const float *right,
                 float *to);
