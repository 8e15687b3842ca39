/* What the parts of the layer arithmetic share; Python does not see this. */
#ifndef DB_BLENDING_H
#define DB_BLENDING_H

#include <stdint.h>

#include "fixed.h"

/* Mixes paint that covers so much (0 < covered < ONE) into a pixel of the given alpha (> 0), in place; returns the
 * new alpha.  Colours are premultiplied; `under` has three channels. */
uint32_t db_mix_pigments(const uint16_t *paint, uint32_t covered, uint16_t *under, uint32_t alpha);

#endif
