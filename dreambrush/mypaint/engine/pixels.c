/* Pixels of a canvas, read and written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fixed.h"
#include "tiles.h"

/* The run of row y that starts at x and stays within one tile and before x_end.  Returns its length. */
static int run_at(const db_canvas *canvas, int x, int y, int x_end, uint16_t **pixels)
{
    const int column = x % TILE, length = TILE - column < x_end - x ? TILE - column : x_end - x;
    uint16_t *tile = *tile_at(canvas, x / TILE, y / TILE);
    *pixels = tile ? tile + ((y % TILE) * TILE + column) * 4 : NULL;
    return length;
}

void db_canvas_read(const db_canvas *canvas, int x, int y, int width, int height, uint16_t *out)
{
    for (int row = y; row < y + height; row++)
        for (int column = x, length; column < x + width; column += length, out += 4 * length) {
            uint16_t *pixels;
            length = run_at(canvas, column, row, x + width, &pixels);
            if (pixels)
                memcpy(out, pixels, 8 * (size_t)length);
            else
                memset(out, 0, 8 * (size_t)length);
        }
}

int db_canvas_write(db_canvas *canvas, int x, int y, int width, int height, const uint16_t *in)
{
    for (int row = y; row < y + height; row++)
        for (int column = x, length; column < x + width; column += length, in += 4 * length) {
            uint16_t *pixels;
            uint16_t **tile = tile_at(canvas, column / TILE, row / TILE);
            if (!*tile && !(*tile = calloc(1, TILE_BYTES)))
                return DB_NO_MEMORY;
            length = run_at(canvas, column, row, x + width, &pixels);
            memcpy(pixels, in, 8 * (size_t)length);
        }
    return 0;
}

/* Straight 8-bit RGBA, rounded to the nearest level; wholly transparent pixels become 0,0,0,0.  `levels` says which
 * level each of the values 0..32768 looks like; NULL stands for an even scale. */
void db_canvas_read8(const db_canvas *canvas, int x, int y, int width, int height, const uint8_t *levels, uint8_t *out)
{
    for (int row = y; row < y + height; row++)
        for (int column = x, length; column < x + width; column += length) {
            uint16_t *pixels;
            length = run_at(canvas, column, row, x + width, &pixels);
            for (int i = 0; i < length; i++, out += 4) {
                const uint32_t alpha = pixels ? pixels[4 * i + 3] : 0;
                const uint32_t alpha8 = (alpha * 255u + ONE / 2) / ONE;
                if (!alpha8) {
                    memset(out, 0, 4);
                    continue;
                }
                for (int c = 0; c < 3; c++) {
                    const uint32_t scale = levels ? ONE : 255;
                    const uint32_t colour = (pixels[4 * i + c] * scale + alpha / 2) / alpha;
                    const uint32_t kept = colour > scale ? scale : colour;
                    out[c] = levels ? levels[kept] : kept;
                }
                out[3] = alpha8;
            }
        }
}
