/* What the C files of the engine share about tiles and canvases.  Python sees none of this. */
#ifndef DB_TILES_H
#define DB_TILES_H

#include <stdint.h>

#include <mypaint-tiled-surface.h>

#include "engine.h"

#define TILE 64
#define TILE_VALUES (TILE * TILE * 4)
#define TILE_BYTES (TILE_VALUES * sizeof(uint16_t))

/* Remembers how the tiles of a grid looked before a stroke: see trace.c. */
typedef struct db_trace db_trace;
db_trace *db_trace_new(int tiles);
void db_trace_free(db_trace *trace);
int db_trace_keep(db_trace *trace, int tile, const uint16_t *pixels);
int db_trace_next(db_trace *trace, uint16_t *const *tiles, uint8_t *mask);

/* Tiles beyond the grid, while a stroke of a wet brush lasts: see beyond.c. */
struct db_tile_beyond {
    int tx, ty;
    uint16_t *pixels;
};
struct db_beyond {
    struct db_tile_beyond *tiles;
    int count;
};
uint16_t *db_beyond_tile(db_canvas *canvas, int tx, int ty, int make);
void db_beyond_begin(db_canvas *canvas);
void db_beyond_end(db_canvas *canvas);

struct db_canvas {
    MyPaintTiledSurface2 surface; /* first, so that the surface's address is the canvas's */
    int width, height, columns, rows, linear;
    uint16_t **tiles;  /* rows x columns, NULL where nothing was painted */
    uint16_t *outside; /* stands in for every tile that is not there: beyond the grid, or still empty */
    db_trace *trace;   /* NULL while strokes are not traced */
    MyPaintSurfaceDrawDabFunction2 draw_dab; /* libmypaint's own, which ours call */
    MyPaintSurfaceGetColorFunction2 get_color;
    /* of the stroke that is being painted */
    db_brush *brush;
    int wet; /* whether the brush finds its own paint beyond the canvas */
    struct db_beyond beyond;
    int out_of_memory, queued;
    double work_left;
    int box[4]; /* x0, y0, x1, y1 of all dabs; libmypaint's own box is lost when the last dab is invisible */
};

static inline uint16_t **tile_at(const db_canvas *canvas, int tx, int ty)
{
    return &canvas->tiles[ty * canvas->columns + tx];
}

#endif
