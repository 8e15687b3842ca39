/* A tile store for libmypaint, and the traps of its surface dealt with in one place; those of its brushes are in
 * brush.c.
 *
 * A canvas is a grid of 64x64 tiles of premultiplied 15-bit RGBA (32768 = 1.0).  A tile is made when paint
 * first touches it, so that a big canvas with little paint is cheap.  Paint outside the grid is thrown away.
 */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "brush.h"
#include "fixed.h"
#include "room.h"
#include "tiles.h"

#define LARGEST_DAB 4096.0f /* pixels; libmypaint caps the radius at 1000, and softening may double that */
#define PIGMENT_AREA 230.0 /* pixels that a core mixes as pigments while it would look at one more tile */
#define PLAIN_AREA 3000.0  /* pixels that it lays plainly in that time; a million tiles take half a minute at worst */
#define MOST_QUEUED 20000 /* dabs x tiles that wait in libmypaint's queue, some 100 bytes each */
#define WET_BEYOND 512.0f /* pixels around the grid in which a wet brush finds its own paint */
#define QUEUED_BYTES 128  /* more than one of them takes */

/* ---- memory ------------------------------------------------------------------------------------------ */

/* Whether libmypaint would find memory until it has emptied its queue next: for the dabs that wait, the largest one
 * among them, and the grid of queues that it keeps.  That is a square around the origin, doubled until the farthest
 * tile of any dab is in it, and copied when it grows. */
static int has_room(const db_canvas *canvas)
{
    const int beyond = 2 * (int)LARGEST_DAB / TILE + 2;
    const int farthest = (canvas->columns > canvas->rows ? canvas->columns : canvas->rows) + beyond;
    size_t side = 20, bytes;
    while (side < 2 * (size_t)farthest)
        side *= 2;
    bytes = (MOST_QUEUED + (size_t)beyond * beyond) * QUEUED_BYTES; /* the dabs */
    bytes += 5 * side * side * sizeof(void *) / 2;                  /* two tables, and their old halves */
    return db_room_for(bytes);
}

/* ---- tiles ------------------------------------------------------------------------------------------- */

static void tile_start(MyPaintTiledSurface2 *surface, MyPaintTileRequest *request)
{
    db_canvas *canvas = (db_canvas *)surface;
    request->buffer = canvas->outside;
    if (request->tx < 0 || request->ty < 0 || request->tx >= canvas->columns || request->ty >= canvas->rows) {
        uint16_t *beyond = canvas->wet ? db_beyond_tile(canvas, request->tx, request->ty, !request->readonly) : NULL;
        if (beyond)
            request->buffer = beyond;
        return;
    }
    uint16_t **tile = tile_at(canvas, request->tx, request->ty);
    if (canvas->trace && !request->readonly && db_trace_keep(canvas->trace, tile - canvas->tiles, *tile))
        canvas->out_of_memory = 1;
    if (!*tile && !request->readonly) {
        *tile = calloc(1, TILE_BYTES);
        if (!*tile || !has_room(canvas))
            canvas->out_of_memory = 1;
    }
    if (*tile)
        request->buffer = *tile;
}

static void tile_end(MyPaintTiledSurface2 *surface, MyPaintTileRequest *request)
{
    db_canvas *canvas = (db_canvas *)surface;
    if (request->buffer == canvas->outside && !request->readonly)
        memset(canvas->outside, 0, TILE_BYTES); /* what lies outside always reads as empty */
}

/* ---- dabs -------------------------------------------------------------------------------------------- */

/* libmypaint makes room for every tile that a dab may touch, wherever that is, and goes on for as many dabs as a
 * brush asks for; a brush file with odd curves thereby crashes it or keeps it busy for ever.  So each dab passes
 * here first, and is set off against the stroke's work: as its tiles, or more where its pixels cost more than that.
 * What lies beyond the grid changes no pixel and is left out, but for what a wet brush may pick up again. */
static int dab_tiles(db_canvas *canvas, float x, float y, float radius, double area_of_work)
{
    const float reach = fmaxf(radius, 0) + 1;
    const float beyond = canvas->wet ? WET_BEYOND : 0;
    /* Written so that NaN is out as well. */
    const int on_canvas = radius < LARGEST_DAB && x + reach >= -beyond && x - reach < canvas->columns * TILE + beyond &&
                          y + reach >= -beyond && y - reach < canvas->rows * TILE + beyond;
    const int side = on_canvas ? (int)(2 * reach) / TILE + 2 : 1;
    db_brush_fence(canvas->brush);
    canvas->work_left -= fmax(side * side, on_canvas ? 4.0 * reach * reach / area_of_work : 0);
    if (canvas->work_left < 0 || canvas->out_of_memory) {
        db_brush_stop(canvas->brush);
        return 0;
    }
    return on_canvas ? side * side : 0;
}

static int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }
static float part_of_one(float value) { return value < 0 ? 0 : value > 1 ? 1 : value; }

/* Whether libmypaint's colorize may find luminosities out of range in a tile's pixels of these rows and columns: where
 * they are next to white, or hold more colour than alpha, which its posterize can leave behind. */
static int is_glaring(const uint16_t *tile, int x0, int y0, int x1, int y1)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            const uint16_t *pixel = tile + (y * TILE + x) * 4;
            const int alpha = pixel[3], above = alpha + 4;
            if (alpha && pixel[0] + 4 >= alpha && pixel[1] + 4 >= alpha && pixel[2] + 4 >= alpha)
                return 1;
            if (pixel[0] > above || pixel[1] > above || pixel[2] > above)
                return 1;
        }
    return 0;
}

/* libmypaint 1.6 gives the canvas the hue of a dab and keeps its luminosity, in integers (brushmodes.c,
 * set_rgb16_lum_from_rgb16).  If the dab is grey, and the canvas white, it divides by zero, which ends the process:
 * already the defaults with colorize do that, in black on white.  A dab that might gets a blue channel of the next
 * level, 1/32768 more, and is not quite black, so that no difference leaves 16 bits. */
static void keep_from_dividing_by_zero(db_canvas *canvas, float x, float y, float radius, float *r, float *g, float *b)
{
    const int red = part_of_one(*r) * ONE, green = part_of_one(*g) * ONE, blue = part_of_one(*b) * ONE;
    const int is_grey = red == green && green == blue, is_black = red < 8 && green < 4 && blue < 32;
    int glaring = canvas->beyond.count; /* their pixels are not looked at */
    if (!is_grey && !is_black)
        return;
    mypaint_tiled_surface2_end_atomic(&canvas->surface, NULL); /* the dabs before this one first */
    canvas->queued = 0;
    const int x0 = clamp(floorf(x - radius - 1), 0, canvas->columns * TILE);
    const int y0 = clamp(floorf(y - radius - 1), 0, canvas->rows * TILE);
    const int x1 = clamp(floorf(x + radius + 1) + 1, 0, canvas->columns * TILE);
    const int y1 = clamp(floorf(y + radius + 1) + 1, 0, canvas->rows * TILE);
    for (int ty = y0 / TILE; ty * TILE < y1 && !glaring; ty++)
        for (int tx = x0 / TILE; tx * TILE < x1 && !glaring; tx++) {
            const uint16_t *tile = *tile_at(canvas, tx, ty);
            glaring = tile && is_glaring(tile, clamp(x0 - tx * TILE, 0, TILE), clamp(y0 - ty * TILE, 0, TILE),
                                         clamp(x1 - tx * TILE, 0, TILE), clamp(y1 - ty * TILE, 0, TILE));
        }
    if (glaring) {
        const int grey = clamp(green, 2, ONE - 2);
        *r = *g = (float)grey / ONE;
        *b = (float)(grey + 1) / ONE;
    }
}

static int draw_dab(MyPaintSurface2 *surface, float x, float y, float radius, float r, float g, float b,
                    float opaque, float hardness, float alpha, float ratio, float angle, float lock_alpha,
                    float colorize, float posterize, float posterize_num, float paint)
{
    db_canvas *canvas = (db_canvas *)surface;
    const int tiles = dab_tiles(canvas, x, y, radius, paint > 0 ? PIGMENT_AREA : PLAIN_AREA);
    if (!tiles || !isfinite(r + g + b + opaque + hardness + alpha + ratio + angle + lock_alpha + colorize +
                            posterize + posterize_num + paint))
        return 1; /* as if painted: it only tells libmypaint that the pen is not idle */
    /* libmypaint makes an integer of the number of levels before it cuts it to 128. */
    posterize_num = fminf(fmaxf(posterize_num, 0), 2);
    if (colorize > 0)
        keep_from_dividing_by_zero(canvas, x, y, radius, &r, &g, &b);
    const int painted = canvas->draw_dab(surface, x, y, radius, r, g, b, opaque, hardness, alpha, ratio, angle,
                                         lock_alpha, colorize, posterize, posterize_num, paint);
    if (painted) {
        const int x0 = floorf(x - radius - 1), y0 = floorf(y - radius - 1);
        const int x1 = floorf(x + radius + 1) + 1, y1 = floorf(y + radius + 1) + 1;
        canvas->box[0] = x0 < canvas->box[0] ? x0 : canvas->box[0];
        canvas->box[1] = y0 < canvas->box[1] ? y0 : canvas->box[1];
        canvas->box[2] = x1 > canvas->box[2] ? x1 : canvas->box[2];
        canvas->box[3] = y1 > canvas->box[3] ? y1 : canvas->box[3];
        canvas->queued += tiles;
        if (canvas->queued > MOST_QUEUED) {
            mypaint_tiled_surface2_end_atomic(&canvas->surface, NULL);
            canvas->queued = 0;
        }
    }
    return painted;
}

static void get_color(MyPaintSurface2 *surface, float x, float y, float radius, float *r, float *g, float *b,
                      float *alpha, float paint)
{
    db_canvas *canvas = (db_canvas *)surface;
    if (dab_tiles(canvas, x, y, radius, PLAIN_AREA)) {
        canvas->get_color(surface, x, y, radius, r, g, b, alpha, paint);
    } else { /* what libmypaint answers for wholly transparent tiles */
        *r = *b = *alpha = 0;
        *g = 1;
    }
}

/* ---- canvases ---------------------------------------------------------------------------------------- */

db_canvas *db_canvas_new(int width, int height, int linear)
{
    db_canvas *canvas = calloc(1, sizeof *canvas);
    if (!canvas)
        return NULL;
    canvas->width = width;
    canvas->height = height;
    canvas->linear = linear;
    canvas->columns = (width + TILE - 1) / TILE;
    canvas->rows = (height + TILE - 1) / TILE;
    canvas->tiles = calloc((size_t)canvas->columns * canvas->rows, sizeof *canvas->tiles);
    canvas->outside = calloc(1, TILE_BYTES);
    if (!canvas->tiles || !canvas->outside || !has_room(canvas)) {
        free(canvas->tiles);
        free(canvas->outside);
        free(canvas);
        return NULL;
    }
    /* The surface never asks for tiles from several threads (threadsafe_tile_requests stays FALSE), so OpenMP
     * cannot change the order in which libmypaint draws its random numbers. */
    mypaint_tiled_surface2_init(&canvas->surface, tile_start, tile_end);
    canvas->draw_dab = canvas->surface.parent.draw_dab_pigment;
    canvas->get_color = canvas->surface.parent.get_color_pigment;
    canvas->surface.parent.draw_dab_pigment = draw_dab;
    canvas->surface.parent.get_color_pigment = get_color;
    return canvas;
}

void db_canvas_clear(db_canvas *canvas)
{
    for (int i = 0; i < canvas->columns * canvas->rows; i++) {
        free(canvas->tiles[i]);
        canvas->tiles[i] = NULL;
    }
}

void db_canvas_free(db_canvas *canvas)
{
    if (!canvas)
        return;
    db_canvas_clear(canvas);
    db_trace_free(canvas->trace);
    mypaint_tiled_surface2_destroy(&canvas->surface);
    free(canvas->tiles);
    free(canvas->outside);
    free(canvas);
}

int db_canvas_tile_count(const db_canvas *canvas)
{
    int count = 0;
    for (int i = 0; i < canvas->columns * canvas->rows; i++)
        count += canvas->tiles[i] != NULL;
    return count;
}

/* ---- strokes ----------------------------------------------------------------------------------------- */

static pthread_mutex_t the_dice = PTHREAD_MUTEX_INITIALIZER; /* guards rand() */

/* Paints n events (x, y, pressure, seconds since the last one); `changed` gets x0, y0, x1, y1 of what was touched,
 * within the canvas.  Wet brushes in pigment mode sample with the C library's rand(), which belongs to the whole
 * process: it is seeded here, and the lock keeps other canvases from drawing out of the same sequence.  `work` is how
 * many dabs x tiles there may be.
 *
 * A stroke that asks for too much, or for which there is no memory, breaks off: what it has painted until then stays.
 * The next stroke of the canvas, and of the brush, is none the worse. */
int db_canvas_stroke(db_canvas *canvas, db_brush *brush, const double *events, int n, unsigned seed, double work,
                     int *changed)
{
    return db_canvas_tilted_stroke(canvas, brush, events, NULL, n, seed, work, changed);
}

int db_canvas_tilted_stroke(db_canvas *canvas, db_brush *brush, const double *events, const double *tilts, int n,
                            unsigned seed, double work, int *changed)
{
    static const double upright[2] = {0, 0};
    MyPaintSurface2 *surface = &canvas->surface.parent;
    const int uses_rand = db_brush_uses_rand(brush);
    int *box = canvas->box;
    box[0] = canvas->width;
    box[1] = canvas->height;
    box[2] = box[3] = 0;
    canvas->brush = brush;
    canvas->wet = brush->washed && db_brush_smudges(brush);
    if (canvas->wet)
        db_beyond_begin(canvas);
    canvas->work_left = work;
    canvas->queued = 0;
    canvas->out_of_memory = !has_room(canvas);
    if (uses_rand) {
        pthread_mutex_lock(&the_dice);
        srand(seed);
    }
    mypaint_brush_reset(brush->engine);
    mypaint_brush_new_stroke(brush->engine);
    mypaint_surface_begin_atomic(&surface->parent);
    for (int i = 0; i < n && canvas->work_left >= 0 && !canvas->out_of_memory; i++)
        db_brush_move(brush, surface, canvas->linear, events + 4 * i, tilts ? tilts + 2 * i : upright);
    mypaint_tiled_surface2_end_atomic(&canvas->surface, NULL);
    db_beyond_end(canvas);
    if (uses_rand)
        pthread_mutex_unlock(&the_dice);
    changed[0] = clamp(box[0], 0, canvas->width);
    changed[1] = clamp(box[1], 0, canvas->height);
    changed[2] = clamp(box[2], changed[0], canvas->width);
    changed[3] = clamp(box[3], changed[1], canvas->height);
    return canvas->out_of_memory ? DB_NO_MEMORY : canvas->work_left < 0 ? DB_TOO_MUCH_WORK : 0;
}

/* From here to db_canvas_untrace, what a stroke changes is traced; db_canvas_next_mask then tells it tile by tile.
 * A trace that was there before is forgotten. */
int db_canvas_trace(db_canvas *canvas)
{
    db_canvas_untrace(canvas);
    canvas->trace = db_trace_new(canvas->columns * canvas->rows);
    return canvas->trace ? 0 : DB_NO_MEMORY;
}

/* Fills the mask of one more tile, 64 x 64 bytes of 0 or 1, and its column and row in the grid; 0 if none is left. */
int db_canvas_next_mask(db_canvas *canvas, int *position, uint8_t *mask)
{
    const int tile = canvas->trace ? db_trace_next(canvas->trace, canvas->tiles, mask) : -1;
    if (tile < 0)
        return 0;
    position[0] = tile % canvas->columns;
    position[1] = tile / canvas->columns;
    return 1;
}

void db_canvas_untrace(db_canvas *canvas)
{
    db_trace_free(canvas->trace);
    canvas->trace = NULL;
}
