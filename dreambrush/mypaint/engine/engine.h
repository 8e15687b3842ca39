/* What Python sees of the engine.  The build script reads this file for cffi as well, without the lines that begin
 * with #. */
#ifndef DB_ENGINE_H
#define DB_ENGINE_H

#include <stddef.h>
#include <stdint.h>

typedef struct db_brush db_brush;
typedef struct db_canvas db_canvas;
enum { DB_NO_MEMORY = -1, DB_TOO_MUCH_WORK = -2 };

enum {
    DB_ONE = 32768,              /* 1.0 in 15-bit fixed point: a channel's full value */
    DB_HIGHEST_BUCKET = 255,     /* of smudge_bucket: the most of its base value, and of each of its curves */
    DB_FARTHEST_INPUT = 1000000, /* no input of a curve lies farther from 0 than this */
    DB_MOST_WORK = 1000000,      /* dabs x tiles of a stroke: far beyond any stock brush */
};

const char *db_libmypaint_version(void);
void db_messages_to_stderr(void);

int db_setting_count(void);
int db_input_count(void);
const char *db_setting_name(int setting);
const char *db_input_name(int input);
void db_setting_range(int setting, float *minimum, float *normal, float *maximum);

db_brush *db_brush_new(int washed);
void db_brush_free(db_brush *brush);
int db_brush_again(db_brush *brush);
void db_brush_set_base(db_brush *brush, int setting, float value);
void db_brush_set_curve(db_brush *brush, int setting, int input, const float *points, int n);

db_canvas *db_canvas_new(int width, int height, int linear);
void db_canvas_free(db_canvas *canvas);
int db_canvas_tile_count(const db_canvas *canvas);
void db_canvas_clear(db_canvas *canvas);
int db_canvas_stroke(db_canvas *canvas, db_brush *brush, const double *events, int n, unsigned seed, double work,
                     int *changed);
int db_canvas_tilted_stroke(db_canvas *canvas, db_brush *brush, const double *events, const double *tilts, int n,
                            unsigned seed, double work, int *changed);
int db_canvas_trace(db_canvas *canvas);
int db_canvas_next_mask(db_canvas *canvas, int *position, uint8_t *mask);
void db_canvas_untrace(db_canvas *canvas);
int db_mask(const uint16_t *before, const uint16_t *after, uint8_t *mask);
void db_canvas_read(const db_canvas *canvas, int x, int y, int width, int height, uint16_t *out);
int db_canvas_write(db_canvas *canvas, int x, int y, int width, int height, const uint16_t *in);
void db_canvas_read8(const db_canvas *canvas, int x, int y, int width, int height, const uint8_t *levels,
                     uint8_t *out);

void db_powers(const float *in, float exponent, float *out, size_t n);
void db_premultiply(const uint8_t *straight, size_t n, const uint16_t *light, const uint16_t *alpha, uint16_t *out);
void db_blend(uint16_t *under, int channels, const uint16_t *paint, size_t n, unsigned opacity, int mode);
int db_mode_count(void);
const char *db_mode_name(int mode);

#endif
