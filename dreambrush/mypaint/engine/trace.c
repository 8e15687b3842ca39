/* Which pixels a stroke has visibly changed: the masks that MyPaint keeps of every stroke, by its own rule.
 *
 * Tiles are copied when a stroke first writes to them, so that a stroke pays only for the tiles that it paints. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fixed.h"
#include "tiles.h"

struct db_trace {
    const uint16_t **before; /* for each tile of the grid its copy; NULL where the stroke has not painted */
    int *kept, count;        /* the tiles that have a copy */
};

static const uint16_t empty[TILE_VALUES]; /* the copy of every tile that did not exist */

static void forget_last(db_trace *trace)
{
    const uint16_t **copy = &trace->before[trace->kept[--trace->count]];
    if (*copy != empty)
        free((void *)*copy);
    *copy = NULL;
}

db_trace *db_trace_new(int tiles)
{
    db_trace *trace = calloc(1, sizeof *trace);
    if (!trace)
        return NULL;
    trace->before = calloc(tiles, sizeof *trace->before);
    trace->kept = malloc(tiles * sizeof *trace->kept);
    if (!trace->before || !trace->kept) {
        db_trace_free(trace);
        return NULL;
    }
    return trace;
}

void db_trace_free(db_trace *trace)
{
    if (!trace)
        return;
    while (trace->count)
        forget_last(trace);
    free(trace->before);
    free(trace->kept);
    free(trace);
}

/* Copies a tile unless that was done before in this stroke; `pixels` is NULL where there is no tile yet. */
int db_trace_keep(db_trace *trace, int tile, const uint16_t *pixels)
{
    if (trace->before[tile])
        return 0;
    uint16_t *copy = pixels ? malloc(TILE_BYTES) : NULL;
    if (pixels && !copy)
        return DB_NO_MEMORY;
    trace->before[tile] = copy ? memcpy(copy, pixels, TILE_BYTES) : empty;
    trace->kept[trace->count++] = tile;
    return 0;
}

/* Whether the eye finds the new paint of a pixel, by MyPaint 2.0.1's rule (lib/pixops.cpp,
 * tile_perceptual_change_strokemap): it is clearly more opaque than the old, or more opaque by half where there was
 * little, or of another colour.  Colours are compared as if each were also multiplied by the other's alpha, so that
 * premultiplied values can be; where one of them is next to transparent they never differ.  Erasing does not count. */
static int is_seen(const uint16_t *old, const uint16_t *new)
{
    const int32_t more = (int32_t)new[3] - old[3], most = more > 0 ? new[3] : old[3];
    int32_t difference = 0;
    for (int c = 0; c < 3; c++)
        difference += abs((int32_t)((uint32_t)new[c] * old[3] / ONE) - (int32_t)((uint32_t)old[c] * new[3] / ONE));
    return more > (int32_t)ONE / 4 || (more > (int32_t)ONE / 64 && more > old[3] / 2) || difference > most / 16;
}

/* Fills the mask of a tile, 64 x 64 bytes of 0 or 1, and returns whether it has a 1. */
int db_mask(const uint16_t *before, const uint16_t *after, uint8_t *mask)
{
    int any = 0;
    for (int i = 0; i < TILE * TILE; i++, before += 4, after += 4)
        any |= mask[i] = memcmp(before, after, 4 * sizeof *before) && is_seen(before, after);
    return any;
}

/* Takes tiles out of the trace until one has a visible change, and fills its mask.  Returns its number; -1 if no tile
 * is left. */
int db_trace_next(db_trace *trace, uint16_t *const *tiles, uint8_t *mask)
{
    while (trace->count) {
        const int tile = trace->kept[trace->count - 1];
        const int any = tiles[tile] && db_mask(trace->before[tile], tiles[tile], mask);
        forget_last(trace);
        if (any)
            return tile;
    }
    return -1;
}
