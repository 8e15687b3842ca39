/* What the canvas needs of a brush; Python does not see this. */
#ifndef DB_BRUSH_H
#define DB_BRUSH_H

#include <mypaint-brush.h>
#include <mypaint-surface.h>

#include "engine.h"

struct db_brush {
    MyPaintBrush *engine;
    int washed;  /* whether every stroke begins clean */
    int settled; /* whether the engine has written all of the brush's memory that it will read */
};

/* Moves the brush by one event (x, y, pressure, seconds since the last one), with the pen's tilt (x, y); paints on the
 * way. */
void db_brush_move(db_brush *brush, MyPaintSurface2 *surface, int linear, const double *event, const double *tilt);

/* Brings the states back into their ranges.  To be called before libmypaint works with them again, which it does
 * from dab to dab. */
void db_brush_fence(db_brush *brush);

/* Has libmypaint paint no further dab on the way to the present event. */
void db_brush_stop(db_brush *brush);

/* Whether libmypaint will draw numbers from the C library's rand(). */
int db_brush_uses_rand(const db_brush *brush);

/* Whether it picks up paint. */
int db_brush_smudges(const db_brush *brush);

#endif
