// Functions whose last bit the C library, numpy and linear algebra libraries choose by the processor.  Here they are made
// of additions, multiplications and divisions in one order, mostly in double precision, and rounded once.

#include "steady.h"

#include "common.h"

#define MOST_CHANNELS 16

// Coefficients of the series: 1 / i!, and 1 / (2 i + 1).
static const double OF_FACTORIAL[] = {
    1.0 / 1.0, 1.0 / 1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0, 1.0 /
    40320.0, 1.0 / 362880.0, 1.0 / 3628800.0, 1.0 / 39916800.0, 1.0 / 479001600.0, 1.0 / 6227020800.0, 1.0 /
    87178291200.0, 1.0 / 1307674368000.0,
};
static const double OF_ODD[] = {
    1.0 / 1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0, 1.0 / 17.0, 1.0
    / 19.0, 1.0 / 21.0, 1.0 / 23.0, 1.0 / 25.0, 1.0 / 27.0, 1.0 / 29.0, 1.0 / 31.0, 1.0 / 33.0,
};

static double exponential_of(double x) {
    x = x < -150.0 ? -150.0 : x > 150.0 ? 150.0 : x;
    double shifted = x * 1.4426950408889634 + 6755399441055744.0; // 1.5 * 2^52: its last bits are a whole number
    double whole = shifted - 6755399441055744.0;
    double r = (x - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10, sum = 0.0;
    for (int i = 13; i >= 0; i--) sum = sum * r + OF_FACTORIAL[i];
    uint64_t bits, power;
    memcpy(&bits, &sum, 8);
    memcpy(&power, &shifted, 8);
    bits += power << 52;
    memcpy(&sum, &bits, 8);
    return sum;
}

// Sine, or cosine where ahead is 1, of angles up to a million.
static double sine_of(double x, int ahead) {
    double shifted = x * 0.63661977236758134 + 6755399441055744.0, whole = shifted - 6755399441055744.0;
    double r = (x - whole * 1.57079632673412561417) - whole * 6.07710050650619224932e-11, square = r * r;
    uint64_t quarter;
    memcpy(&quarter, &shifted, 8);
    quarter += (uint64_t)ahead;
    double sum = 0.0;
    int odd = !(quarter & 1); // the powers of the sine are odd, those of the cosine even
    for (int i = 14; i >= 0; i -= 2) sum = OF_FACTORIAL[i + odd] - sum * square;
    if (odd) sum = sum * r;
    return quarter & 2 ? -sum : sum;
}

static double arctangent_of(double y, double x) {
    double up = fabs(y), along = fabs(x), most = up > along ? up : along, least = up > along ? along : up;
    double z = most > 0.0 ? least / most : 0.0, angle = 0.0;
    if (z > 0.41421356237309503) {
        angle = 0.78539816339744831;
        z = (z - 1.0) / (z + 1.0);
    }
    double square = z * z, sum = 0.0;
    for (int i = 16; i >= 0; i--) sum = OF_ODD[i] - square * sum;
    angle = angle + z * sum;
    if (up > along) angle = 1.57079632679489662 - angle;
    if (x < 0.0) angle = 3.14159265358979324 - angle;
    return y < 0.0 ? -angle : angle;
}

#define BODY "steady_power.h"
#include "levels.h"

void db_power(int instructions, int64_t n, const float *x, float exponent, float *to) {
#ifdef DB_X86
    if (instructions == 2) {
        powers_2(n, x, exponent, to);
        return;
    }
    if (instructions == 1) {
        powers_1(n, x, exponent, to);
        return;
    }
#endif
    (void)instructions;
    powers_0(n, x, exponent, to);
}

void db_exp(int64_t n, const float *x, float *to) {
    for (int64_t i = 0; i < n; i++) to[i] = (float)exponential_of((double)x[i]);
}

void db_sin(int64_t n, const float *x, float *to) {
    for (int64_t i = 0; i < n; i++) to[i] = (float)sine_of((double)x[i], 0);
}

void db_cos(int64_t n, const float *x, float *to) {
    for (int64_t i = 0; i < n; i++) to[i] = (float)sine_of((double)x[i], 1);
}

void db_unit_vectors(int64_t n, const float *angle, float *to) {
    for (int64_t i = 0; i < n; i++) {
        to[2 * i] = (float)sine_of((double)angle[i], 1);
        to[2 * i + 1] = (float)sine_of((double)angle[i], 0);
    }
}

void db_best_colour(int64_t n, const float *first, const float *second, const float *canvas, const float *residual,
                    float least, float *to) {
    double sum[3] = {0}, total = 0.0;
    for (int64_t i = 0; i < n; i++) {
        total += (double)second[i];
        for (int j = 0; j < 3; j++)
            sum[j] += (double)second[i] * (double)canvas[3 * i + j] + (double)first[i] * (double)residual[3 * i + j];
    }
    to[3] = (float)total > least ? (float)total : least;
    for (int j = 0; j < 3; j++) to[j] = (float)(sum[j] / (double)to[3]);
}

double db_gain(int64_t n, const float *first, const float *second, const float *canvas, const float *residual,
               const float *colour) {
    double gain = 0.0;
    for (int64_t i = 0; i < n; i++, canvas += 3, residual += 3) {
        float pull = 0.0f, squared = 0.0f;
        for (int j = 0; j < 3; j++) {
            float change = colour[j] - canvas[j];
            pull += residual[j] * change;
            squared += change * change;
        }
        gain += 2.0 * (double)first[i] * (double)pull - (double)second[i] * (double)squared;
    }
    return gain;
}

void db_arctan2(int64_t n, const float *y, const float *x, float *to) {
    for (int64_t i = 0; i < n; i++) to[i] = (float)arctangent_of((double)y[i], (double)x[i]);
}

void db_weighted_sums(int64_t rows, int64_t n, int64_t channels, const float *weights, const float *values, float *to) {
    for (int64_t row = 0; row < rows; row++, to += channels) {
        double sum[MOST_CHANNELS] = {0};
        for (int64_t i = 0; i < n; i++, weights++, values += channels)
            for (int64_t j = 0; j < channels && j < MOST_CHANNELS; j++) sum[j] += (double)*weights * (double)values[j];
        for (int64_t j = 0; j < channels; j++) to[j] = j < MOST_CHANNELS ? (float)sum[j] : 0.0f;
    }
}

void db_products(int64_t count, int64_t height, int64_t inner, int64_t width, const float *left, const float *right,
                 float *to) {
    memset(to, 0, (size_t)(count * height * width) * sizeof *to);
    for (int64_t matrix = 0; matrix < count; matrix++, right += inner * width)
        for (int64_t i = 0; i < height; i++, to += width)
            for (int64_t k = 0; k < inner; k++) {
                float factor = left[i * inner + k];
                const float *row = right + k * width;
                if (factor != 0.0f)
                    for (int64_t j = 0; j < width; j++) to[j] += factor * row[j];
            }
}
