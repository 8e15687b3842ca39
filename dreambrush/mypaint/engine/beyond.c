/* Paint beyond the canvas, for a wet brush to find while its stroke lasts.
 *
 * Wet brushes pick up what they have just laid themselves.  Where that were thrown away at the canvas's edge, a stroke
 * that leaves the canvas would find nothing there, and come back with less paint than it has anywhere else.  What other
 * strokes laid beyond the canvas it does not find: nobody sees that, so nothing may depend on it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tiles.h"

#define MOST_TILES 1024 /* 32 MB */

/* The tile at that place beyond the grid, or NULL if there is none; makes it if it is to be painted on. */
uint16_t *db_beyond_tile(db_canvas *canvas, int tx, int ty, int make)
{
    struct db_beyond *beyond = &canvas->beyond;
    for (int i = beyond->count - 1; i >= 0; i--)
        if (beyond->tiles[i].tx == tx && beyond->tiles[i].ty == ty)
            return beyond->tiles[i].pixels;
    if (!make || beyond->count == MOST_TILES)
        return NULL;
    if (!beyond->tiles)
        beyond->tiles = calloc(MOST_TILES, sizeof *beyond->tiles);
    uint16_t *pixels = beyond->tiles ? calloc(1, TILE_BYTES) : NULL;
    if (!pixels)
        canvas->out_of_memory = 1;
    else
        beyond->tiles[beyond->count++] = (struct db_tile_beyond){tx, ty, pixels};
    return pixels;
}

/* Tiles at the right and at the bottom reach beyond the canvas. */
static void empty_margin(const db_canvas *canvas, int tx, int ty)
{
    uint16_t *tile = *tile_at(canvas, tx, ty);
    const int across = canvas->width - tx * TILE, down = canvas->height - ty * TILE;
    for (int y = 0; tile && y < TILE; y++) {
        const int kept = y >= down ? 0 : across < TILE ? across : TILE;
        memset(tile + (y * TILE + kept) * 4, 0, (TILE - kept) * 4 * sizeof *tile);
    }
}

/* Before a stroke of a wet brush there is no paint beyond the canvas. */
void db_beyond_begin(db_canvas *canvas)
{
    if (canvas->width % TILE)
        for (int ty = 0; ty < canvas->rows; ty++)
            empty_margin(canvas, canvas->columns - 1, ty);
    if (canvas->height % TILE)
        for (int tx = 0; tx < canvas->columns; tx++)
            empty_margin(canvas, tx, canvas->rows - 1);
}

/* After it there is none either. */
void db_beyond_end(db_canvas *canvas)
{
    while (canvas->beyond.count)
        free(canvas->beyond.tiles[--canvas->beyond.count].pixels);
    free(canvas->beyond.tiles);
    canvas->beyond.tiles = NULL;
}
