/* What the parts of the layer arithmetic share; Python does not see this. */
#include <stddef.h>
#include <stdint.h>

#define ONE 32768u /* 1.0 in 15-bit fixed point */

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

/* Mixes paint that covers so much (0 < covered < ONE) into a pixel of the given alpha (> 0), in place; returns the
 * new alpha.  Colours are premultiplied; `under` has three channels. */
uint32_t db_mix_pigments(const uint16_t *paint, uint32_t covered, uint16_t *under, uint32_t alpha);
