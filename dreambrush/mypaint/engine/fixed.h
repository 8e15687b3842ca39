/* Numbers as MyPaint keeps them: 15-bit fixed point, where 32768 is 1.0.  Python does not see this. */
#ifndef DB_FIXED_H
#define DB_FIXED_H

#include <stdint.h>

#include "engine.h"

#define ONE ((uint32_t)DB_ONE)

/* What two rounded-down products add up to. */
static inline uint32_t sum_of_products(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (a * b + c * d) >> 15;
}

static inline uint32_t product(uint32_t a, uint32_t b)
{
    return a * b >> 15;
}

static inline uint32_t at_most_one(uint32_t value)
{
    return value > ONE ? ONE : value;
}

#endif
