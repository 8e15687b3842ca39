/* A tile store for libmypaint, and the traps of libmypaint 1.6 dealt with in one place.
 *
 * A canvas is a grid of 64x64 tiles of premultiplied 15-bit RGBA (32768 = 1.0).  A tile is made when paint
 * first touches it, so that a big canvas with little paint is cheap.  Paint outside the grid is thrown away.
 */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <mypaint-brush.h>
#include <mypaint-brush-settings.h>
#include <mypaint-tiled-surface.h>

#include "engine.h"
#include "tiles.h"

#define SMUDGE_BUCKETS 256 /* what MyPaint's lib/brush.hpp asks for; some brushes need them */
#define LARGEST_DAB 4096.0f /* pixels; libmypaint caps the radius at 1000, and softening may double that */
#define MOST_WORK 1000000 /* dabs x tiles in a stroke: minutes at worst, and far beyond any stock brush */
#define MOST_QUEUED 20000 /* dabs x tiles that wait in libmypaint's queue, some 100 bytes each */

struct db_brush {
    MyPaintBrush *engine;
};

struct db_canvas {
    MyPaintTiledSurface2 surface; /* first, so that the surface's address is the canvas's */
    int width, height, columns, rows, linear;
    uint16_t **tiles;  /* rows x columns, NULL where nothing was painted */
    uint16_t *outside; /* stands in for every tile that is not there: beyond the grid, or still empty */
    int out_of_memory;
    db_trace *trace; /* NULL while strokes are not traced */
    /* of the stroke that is being painted */
    MyPaintBrush *brush;
    int work_left, queued;
    int box[4]; /* x0, y0, x1, y1 of all dabs; libmypaint's own box is lost when the last dab is invisible */
    MyPaintSurfaceDrawDabFunction2 draw_dab; /* libmypaint's own, which ours call */
    MyPaintSurfaceGetColorFunction2 get_color;
};

/* ---- settings ---------------------------------------------------------------------------------------- */

int db_setting_count(void) { return MYPAINT_BRUSH_SETTINGS_COUNT; }
int db_input_count(void) { return MYPAINT_BRUSH_INPUTS_COUNT; }
const char *db_setting_name(int setting) { return mypaint_brush_setting_info(setting)->cname; }
const char *db_input_name(int input) { return mypaint_brush_input_info(input)->cname; }

void db_setting_range(int setting, float *minimum, float *normal, float *maximum)
{
    const MyPaintBrushSettingInfo *info = mypaint_brush_setting_info(setting);
    *minimum = info->min;
    *normal = info->def;
    *maximum = info->max;
}

/* ---- brushes ----------------------------------------------------------------------------------------- */

static pthread_mutex_t process_state = PTHREAD_MUTEX_INITIALIZER; /* guards mallopt() and rand() */

/* libmypaint 1.6 reads parts of a new brush that it never wrote (settings_value[], the last smudge bucket).
 * With glibc's M_PERTURB at 255, malloc hands out zeroed memory, which makes the first stroke well defined.
 * A brush is larger than glibc's thread cache serves, so the setting does reach its allocation. */
db_brush *db_brush_new(void)
{
    db_brush *brush = calloc(1, sizeof *brush);
    if (!brush)
        return NULL;
    pthread_mutex_lock(&process_state);
#ifdef __GLIBC__
    const char *asked = getenv("MALLOC_PERTURB_");
    mallopt(M_PERTURB, 255);
#endif
    brush->engine = mypaint_brush_new_with_buckets(SMUDGE_BUCKETS);
#ifdef __GLIBC__
    mallopt(M_PERTURB, asked ? atoi(asked) : 0);
#endif
    pthread_mutex_unlock(&process_state);
    if (!brush->engine) {
        free(brush);
        return NULL;
    }
    /* Starts from the defaults, of which one is a curve (pressure -> opaque_multiply): the caller sets every
     * setting and every curve, an empty one too, so that nothing of the defaults is left over. */
    mypaint_brush_from_defaults(brush->engine);
    return brush;
}

void db_brush_free(db_brush *brush)
{
    if (brush) {
        mypaint_brush_unref(brush->engine);
        free(brush);
    }
}

void db_brush_set_base(db_brush *brush, int setting, float value)
{
    mypaint_brush_set_base_value(brush->engine, setting, value);
}

void db_brush_set_curve(db_brush *brush, int setting, int input, const float *points, int n)
{
    mypaint_brush_set_mapping_n(brush->engine, setting, input, n);
    for (int i = 0; i < n; i++)
        mypaint_brush_set_mapping_point(brush->engine, setting, input, i, points[2 * i], points[2 * i + 1]);
}

/* ---- tiles ------------------------------------------------------------------------------------------- */

static uint16_t **tile_at(const db_canvas *canvas, int tx, int ty)
{
    return &canvas->tiles[ty * canvas->columns + tx];
}

static void tile_start(MyPaintTiledSurface2 *surface, MyPaintTileRequest *request)
{
    db_canvas *canvas = (db_canvas *)surface;
    request->buffer = canvas->outside;
    if (request->tx < 0 || request->ty < 0 || request->tx >= canvas->columns || request->ty >= canvas->rows)
        return;
    uint16_t **tile = tile_at(canvas, request->tx, request->ty);
    if (canvas->trace && !request->readonly && db_trace_keep(canvas->trace, tile - canvas->tiles, *tile))
        canvas->out_of_memory = 1;
    if (!*tile && !request->readonly) {
        *tile = calloc(1, TILE_BYTES);
        if (!*tile)
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
 * here first.  What lies beyond the grid changes no pixel and is left out. */
static int dab_tiles(db_canvas *canvas, float x, float y, float radius)
{
    const float reach = radius + 1;
    /* A curve may feed the custom input back into itself; infinite, it would index the smudge buckets. */
    if (!(fabsf(mypaint_brush_get_state(canvas->brush, MYPAINT_BRUSH_STATE_CUSTOM_INPUT)) < 1e6f))
        mypaint_brush_set_state(canvas->brush, MYPAINT_BRUSH_STATE_CUSTOM_INPUT, 0);
    /* Written so that NaN is out as well. */
    const int on_canvas = radius < LARGEST_DAB && x + reach >= 0 && x - reach < canvas->columns * TILE &&
                          y + reach >= 0 && y - reach < canvas->rows * TILE;
    const int side = on_canvas ? (int)(2 * reach) / TILE + 2 : 1;
    canvas->work_left -= side * side;
    if (canvas->work_left < 0) {
        /* Lets libmypaint count no more dabs, which ends its loop; the next stroke starts with fresh states. */
        mypaint_brush_set_state(canvas->brush, MYPAINT_BRUSH_STATE_ACTUAL_RADIUS, 1e30f);
        mypaint_brush_set_state(canvas->brush, MYPAINT_BRUSH_STATE_DABS_PER_ACTUAL_RADIUS, 1e-30f);
        mypaint_brush_set_state(canvas->brush, MYPAINT_BRUSH_STATE_DABS_PER_BASIC_RADIUS, 1e-30f);
        mypaint_brush_set_state(canvas->brush, MYPAINT_BRUSH_STATE_DABS_PER_SECOND, 0);
        return 0;
    }
    return on_canvas ? side * side : 0;
}

static int draw_dab(MyPaintSurface2 *surface, float x, float y, float radius, float r, float g, float b,
                    float opaque, float hardness, float alpha, float ratio, float angle, float lock_alpha,
                    float colorize, float posterize, float posterize_num, float paint)
{
    db_canvas *canvas = (db_canvas *)surface;
    const int tiles = dab_tiles(canvas, x, y, radius);
    if (!tiles || !isfinite(r + g + b + opaque + hardness + alpha + ratio + angle + lock_alpha + colorize +
                            posterize + posterize_num + paint))
        return 1; /* as if painted: it only tells libmypaint that the pen is not idle */
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
    if (dab_tiles(canvas, x, y, radius)) {
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
    if (!canvas->tiles || !canvas->outside) {
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

static int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

/* Paints n events (x, y, pressure, seconds since the last one); `changed` gets x0, y0, x1, y1 of what was touched,
 * within the canvas.  Wet brushes in pigment mode sample with the C library's rand(), which belongs to the whole
 * process: it is seeded here, and the lock keeps other canvases from drawing out of the same sequence. */
int db_canvas_stroke(db_canvas *canvas, db_brush *brush, const double *events, int n, unsigned seed, int *changed)
{
    MyPaintSurface2 *surface = &canvas->surface.parent;
    const int uses_rand = mypaint_brush_get_base_value(brush->engine, MYPAINT_BRUSH_SETTING_PAINT_MODE) > 0.0f ||
                          !mypaint_brush_is_constant(brush->engine, MYPAINT_BRUSH_SETTING_PAINT_MODE);
    int *box = canvas->box;
    box[0] = canvas->width;
    box[1] = canvas->height;
    box[2] = box[3] = 0;
    canvas->brush = brush->engine;
    canvas->work_left = MOST_WORK;
    canvas->queued = 0;
    if (uses_rand) {
        pthread_mutex_lock(&process_state);
        srand(seed);
    }
    mypaint_brush_reset(brush->engine);
    mypaint_brush_new_stroke(brush->engine);
    mypaint_surface_begin_atomic(&surface->parent);
    for (int i = 0; i < n && canvas->work_left >= 0; i++) {
        const double *e = events + 4 * i;
        if (canvas->linear)
            mypaint_brush_stroke_to_2_linearsRGB(brush->engine, surface, e[0], e[1], e[2], 0, 0, e[3], 1, 0, 0);
        else
            mypaint_brush_stroke_to_2(brush->engine, surface, e[0], e[1], e[2], 0, 0, e[3], 1, 0, 0);
    }
    mypaint_tiled_surface2_end_atomic(&canvas->surface, NULL);
    if (uses_rand)
        pthread_mutex_unlock(&process_state);
    changed[0] = clamp(box[0], 0, canvas->width);
    changed[1] = clamp(box[1], 0, canvas->height);
    changed[2] = clamp(box[2], changed[0], canvas->width);
    changed[3] = clamp(box[3], changed[1], canvas->height);
    return canvas->out_of_memory ? DB_NO_MEMORY : canvas->work_left < 0 ? DB_TOO_MUCH_WORK : 0;
}

/* From here to db_canvas_untrace, what a stroke changes is traced; db_canvas_next_mask then tells it tile by tile. */
int db_canvas_trace(db_canvas *canvas)
{
    canvas->trace = db_trace_new(canvas->columns * canvas->rows);
    return canvas->trace ? 0 : DB_NO_MEMORY;
}

/* Fills the mask of one more tile, 64 x 64 bytes of 0 or 1, and its column and row in the grid; 0 if none is left. */
int db_canvas_next_mask(db_canvas *canvas, int *position, uint8_t *mask)
{
    const int tile = db_trace_next(canvas->trace, canvas->tiles, mask);
    position[0] = tile % canvas->columns;
    position[1] = tile / canvas->columns;
    return tile >= 0;
}

void db_canvas_untrace(db_canvas *canvas)
{
    db_trace_free(canvas->trace);
    canvas->trace = NULL;
}

/* ---- pixels ------------------------------------------------------------------------------------------ */

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
