/* Brushes, and the traps of libmypaint 1.6's brush engine dealt with in one place. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <mypaint-brush-settings.h>

#include "brush.h"
#include "room.h"

#define MOST_POINTS 64                 /* of a curve; libmypaint keeps no more */
#define BRUSH_BYTES ((size_t)2 << 20) /* more than libmypaint allocates for one, curves and buckets included */

/* MyPaint itself has 256.  libmypaint clears all buckets of a new brush but the last, so that there is one more than
 * the smudge_bucket setting can name: its base value and each of its curves are DB_HIGHEST_BUCKET at most. */
#define SMUDGE_BUCKETS (DB_HIGHEST_BUCKET * (1 + MYPAINT_BRUSH_INPUTS_COUNT) + 2)

/* ---- settings ---------------------------------------------------------------------------------------- */

/* Of the headers that this was built with; the library itself tells none. */
const char *db_libmypaint_version(void) { return DB_LIBMYPAINT_VERSION; }

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

/* What a brush carries lies in its buckets.  libmypaint (1.6.1, too) means to empty them when a stroke begins, but its
 * count is one too low: the only bucket of most brushes stays full, and a stroke begins with the paint of the one
 * before, as it does in MyPaint.  A washed brush has no buckets.  It carries in its states, which are emptied. */
static MyPaintBrush *new_engine(int washed)
{
    if (!db_room_for(BRUSH_BYTES))
        return NULL;
    return washed ? mypaint_brush_new() : mypaint_brush_new_with_buckets(SMUDGE_BUCKETS);
}

db_brush *db_brush_new(int washed)
{
    db_brush *brush = calloc(1, sizeof *brush);
    if (brush)
        brush->engine = new_engine(washed);
    if (!brush || !brush->engine) {
        free(brush);
        return NULL;
    }
    brush->washed = washed;
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

/* Makes a brush like a new one of the same settings, whose random numbers begin again.  libmypaint has no call for
 * that.  Returns whether there was no memory for it; the brush is then as it was. */
int db_brush_again(db_brush *brush)
{
    MyPaintBrush *fresh = new_engine(brush->washed);
    if (!fresh)
        return 1;
    mypaint_brush_from_defaults(fresh);
    for (int setting = 0; setting < MYPAINT_BRUSH_SETTINGS_COUNT; setting++) {
        mypaint_brush_set_base_value(fresh, setting, mypaint_brush_get_base_value(brush->engine, setting));
        for (int input = 0; input < MYPAINT_BRUSH_INPUTS_COUNT; input++) {
            const int n = mypaint_brush_get_mapping_n(brush->engine, setting, input);
            if (n != mypaint_brush_get_mapping_n(fresh, setting, input))
                mypaint_brush_set_mapping_n(fresh, setting, input, n);
            for (int i = 0; i < n; i++) {
                float x, y;
                mypaint_brush_get_mapping_point(brush->engine, setting, input, i, &x, &y);
                mypaint_brush_set_mapping_point(fresh, setting, input, i, x, y);
            }
        }
    }
    mypaint_brush_unref(brush->engine);
    brush->engine = fresh;
    brush->settled = 0;
    return 0;
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

int db_brush_uses_rand(const db_brush *brush)
{
    return mypaint_brush_get_base_value(brush->engine, MYPAINT_BRUSH_SETTING_PAINT_MODE) > 0.0f ||
           !mypaint_brush_is_constant(brush->engine, MYPAINT_BRUSH_SETTING_PAINT_MODE);
}

int db_brush_smudges(const db_brush *brush)
{
    return mypaint_brush_get_base_value(brush->engine, MYPAINT_BRUSH_SETTING_SMUDGE) > 0.0f ||
           !mypaint_brush_is_constant(brush->engine, MYPAINT_BRUSH_SETTING_SMUDGE);
}

/* ---- memory that libmypaint reads before it writes it ------------------------------------------------ */

/* libmypaint 1.6 works with the values that each setting had at the last dab.  A new brush had none: there it finds
 * whatever malloc() hands out, and these are the settings of which it makes use.  We have them start from 0. */
static const MyPaintBrushSetting read_too_early[] = {
    MYPAINT_BRUSH_SETTING_DABS_PER_BASIC_RADIUS, MYPAINT_BRUSH_SETTING_DABS_PER_ACTUAL_RADIUS,
    MYPAINT_BRUSH_SETTING_DABS_PER_SECOND,       MYPAINT_BRUSH_SETTING_GRIDMAP_SCALE,
    MYPAINT_BRUSH_SETTING_GRIDMAP_SCALE_X,       MYPAINT_BRUSH_SETTING_GRIDMAP_SCALE_Y,
};
#define EARLY (sizeof read_too_early / sizeof *read_too_early)

struct mapping {
    float base;
    int n[MYPAINT_BRUSH_INPUTS_COUNT];
    float points[MYPAINT_BRUSH_INPUTS_COUNT][2 * MOST_POINTS];
};

/* Makes a setting a constant 0, and remembers what it was. */
static void take_away(MyPaintBrush *engine, MyPaintBrushSetting setting, struct mapping *kept)
{
    kept->base = mypaint_brush_get_base_value(engine, setting);
    mypaint_brush_set_base_value(engine, setting, 0);
    for (int input = 0; input < MYPAINT_BRUSH_INPUTS_COUNT; input++) {
        const int n = kept->n[input] = mypaint_brush_get_mapping_n(engine, setting, input);
        float *points = kept->points[input];
        for (int i = 0; i < n; i++)
            mypaint_brush_get_mapping_point(engine, setting, input, i, &points[2 * i], &points[2 * i + 1]);
        mypaint_brush_set_mapping_n(engine, setting, input, 0);
    }
}

static void give_back(db_brush *brush, MyPaintBrushSetting setting, const struct mapping *kept)
{
    db_brush_set_base(brush, setting, kept->base);
    for (int input = 0; input < MYPAINT_BRUSH_INPUTS_COUNT; input++)
        db_brush_set_curve(brush, setting, input, kept->points[input], kept->n[input]);
}

/* Lets the engine work out all settings once, those above as 0, without a dab or a random number, and then puts it
 * back to where it was.  To be called after the event that resets the engine, which is the first one: earlier it
 * would draw a random number more, and every brush would paint other dabs than it does in MyPaint. */
static void settle(db_brush *brush, MyPaintSurface2 *surface)
{
    MyPaintBrush *engine = brush->engine;
    struct mapping kept[EARLY];
    float states[MYPAINT_BRUSH_STATES_COUNT];
    const float noise = mypaint_brush_get_base_value(engine, MYPAINT_BRUSH_SETTING_TRACKING_NOISE);
    for (int i = 0; i < MYPAINT_BRUSH_STATES_COUNT; i++)
        states[i] = mypaint_brush_get_state(engine, i);
    for (size_t i = 0; i < EARLY; i++)
        take_away(engine, read_too_early[i], &kept[i]);
    mypaint_brush_set_base_value(engine, MYPAINT_BRUSH_SETTING_TRACKING_NOISE, 0);

    /* To where the brush is already, with no setting that asks for a dab. */
    mypaint_brush_stroke_to_2(engine, surface, states[MYPAINT_BRUSH_STATE_X], states[MYPAINT_BRUSH_STATE_Y],
                              states[MYPAINT_BRUSH_STATE_PRESSURE], 0, 0, 0.0001, 1, 0, 0);

    mypaint_brush_set_base_value(engine, MYPAINT_BRUSH_SETTING_TRACKING_NOISE, noise);
    for (size_t i = 0; i < EARLY; i++)
        give_back(brush, read_too_early[i], &kept[i]);
    for (int i = 0; i < MYPAINT_BRUSH_STATES_COUNT; i++)
        mypaint_brush_set_state(engine, i, states[i]);
    mypaint_brush_new_stroke(engine); /* the event took no time */
    brush->settled = 1;
}

/* ---- states that leave their range ------------------------------------------------------------------- */

/* A brush file may have curves that drive states, out of which the next values of the settings are made, to infinity
 * or to what is no number; such a value of smudge_bucket would index the buckets.  No state gets near these limits
 * with a brush that paints something.  Together with the limits of the curves themselves (fence.py) they keep all
 * inputs and all settings finite. */
static const struct {
    MyPaintBrushState state;
    float least, most;
} limits[] = {
    {MYPAINT_BRUSH_STATE_CUSTOM_INPUT, -DB_FARTHEST_INPUT, DB_FARTHEST_INPUT},
    {MYPAINT_BRUSH_STATE_NORM_SPEED1_SLOW, 0, 1e30f},
    {MYPAINT_BRUSH_STATE_NORM_SPEED2_SLOW, 0, 1e30f},
    {MYPAINT_BRUSH_STATE_NORM_DX_SLOW, -1e30f, 1e30f},
    {MYPAINT_BRUSH_STATE_NORM_DY_SLOW, -1e30f, 1e30f},
    {MYPAINT_BRUSH_STATE_DIRECTION_DX, -1e15f, 1e15f},
    {MYPAINT_BRUSH_STATE_DIRECTION_DY, -1e15f, 1e15f},
    {MYPAINT_BRUSH_STATE_DIRECTION_ANGLE_DX, -1e15f, 1e15f},
    {MYPAINT_BRUSH_STATE_DIRECTION_ANGLE_DY, -1e15f, 1e15f},
};

static int is_within(float value, float least, float most)
{
    return value >= least && value <= most; /* not so if it is no number */
}

void db_brush_fence(db_brush *brush)
{
    MyPaintBrush *engine = brush->engine;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!is_within(mypaint_brush_get_state(engine, limits[i].state), limits[i].least, limits[i].most))
            mypaint_brush_set_state(engine, limits[i].state, 0);
    /* Where the dabs are, which may lag behind where the pen is. */
    if (!is_within(mypaint_brush_get_state(engine, MYPAINT_BRUSH_STATE_ACTUAL_X), -1e8f, 1e8f) ||
        !is_within(mypaint_brush_get_state(engine, MYPAINT_BRUSH_STATE_ACTUAL_Y), -1e8f, 1e8f)) {
        mypaint_brush_set_state(engine, MYPAINT_BRUSH_STATE_ACTUAL_X,
                                mypaint_brush_get_state(engine, MYPAINT_BRUSH_STATE_X));
        mypaint_brush_set_state(engine, MYPAINT_BRUSH_STATE_ACTUAL_Y,
                                mypaint_brush_get_state(engine, MYPAINT_BRUSH_STATE_Y));
    }
}

/* The next stroke starts with fresh states. */
void db_brush_stop(db_brush *brush)
{
    mypaint_brush_set_state(brush->engine, MYPAINT_BRUSH_STATE_ACTUAL_RADIUS, 1e30f);
    mypaint_brush_set_state(brush->engine, MYPAINT_BRUSH_STATE_DABS_PER_ACTUAL_RADIUS, 1e-30f);
    mypaint_brush_set_state(brush->engine, MYPAINT_BRUSH_STATE_DABS_PER_BASIC_RADIUS, 1e-30f);
    mypaint_brush_set_state(brush->engine, MYPAINT_BRUSH_STATE_DABS_PER_SECOND, 0);
    /* Distances are counted by it, and may be infinite. */
    mypaint_brush_set_state(brush->engine, MYPAINT_BRUSH_STATE_ACTUAL_ELLIPTICAL_DAB_RATIO, 1);
}

/* ---- events ------------------------------------------------------------------------------------------ */

static void move(db_brush *brush, MyPaintSurface2 *surface, int linear, float x, float y, float pressure, float xtilt,
                 float ytilt, double seconds)
{
    db_brush_fence(brush);
    if (linear)
        mypaint_brush_stroke_to_2_linearsRGB(brush->engine, surface, x, y, pressure, xtilt, ytilt, seconds, 1, 0, 0);
    else
        mypaint_brush_stroke_to_2(brush->engine, surface, x, y, pressure, xtilt, ytilt, seconds, 1, 0, 0);
    if (!brush->settled)
        settle(brush, surface);
}

void db_brush_move(db_brush *brush, MyPaintSurface2 *surface, int linear, const double *event, const double *tilt)
{
    const float x = event[0], y = event[1], pressure = event[2];
    double seconds = event[3];
    /* Where the pen lands after a while libmypaint makes two events of one, the first of them with a tilt.  We do
     * that for it, and so get a word in between. */
    if (seconds > 0.100 && pressure > 0 &&
        mypaint_brush_get_state(brush->engine, MYPAINT_BRUSH_STATE_PRESSURE) == 0) {
        move(brush, surface, linear, x, y, 0, 90, 0, seconds - 0.0001);
        seconds = 0.0001;
    }
    move(brush, surface, linear, x, y, pressure, tilt[0], tilt[1], seconds);
}
