/* How MyPaint 2 lays one layer over another, to the last bit, in all its modes.
 *
 * Pixels are premultiplied 15-bit fixed point (32768 = 1.0).  The formulas are those of the W3C's "Compositing and
 * Blending Level 1"; what is MyPaint's own is where a product is cut to 15 bits, and in which order (MyPaint 2.0.1,
 * lib/blending.hpp, lib/compositing.hpp, lib/fix15.hpp).  Unsigned numbers wrap around there as they do here.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "blending.h"
#include "engine.h"

/* The number of a mode is its place here; the names are those of OpenRaster (MyPaint 2.0.1, lib/modes.py). */
#define MODES(MODE)                                                                                      \
    MODE(NORMAL, "svg:src-over") MODE(PIGMENT, "mypaint:spectral-wgm") MODE(MULTIPLY, "svg:multiply")    \
    MODE(SCREEN, "svg:screen") MODE(OVERLAY, "svg:overlay") MODE(DARKEN, "svg:darken")                   \
    MODE(LIGHTEN, "svg:lighten") MODE(HARD_LIGHT, "svg:hard-light") MODE(SOFT_LIGHT, "svg:soft-light")   \
    MODE(COLOR_BURN, "svg:color-burn") MODE(COLOR_DODGE, "svg:color-dodge")                              \
    MODE(DIFFERENCE, "svg:difference") MODE(EXCLUSION, "svg:exclusion") MODE(HUE, "svg:hue")             \
    MODE(SATURATION, "svg:saturation") MODE(COLOR, "svg:color") MODE(LUMINOSITY, "svg:luminosity")       \
    MODE(PLUS, "svg:plus") MODE(DST_IN, "svg:dst-in") MODE(DST_OUT, "svg:dst-out")                       \
    MODE(SRC_ATOP, "svg:src-atop") MODE(DST_ATOP, "svg:dst-atop")

#define NUMBER(mode, name) mode,
#define NAME(mode, name) name,
enum mode { MODES(NUMBER) };
static const char *const names[] = {MODES(NAME)};

int db_mode_count(void) { return sizeof names / sizeof *names; }
const char *db_mode_name(int mode) { return names[mode]; }

/* ---- blending one channel: s is the layer's (the source), b what is below (the backdrop), neither premultiplied -- */

static inline uint32_t multiply(uint32_t s, uint32_t b)
{
    return product(s, b);
}

static inline uint32_t screen(uint32_t s, uint32_t b)
{
    return b + s - product(b, s);
}

static inline uint32_t hard_light(uint32_t s, uint32_t b)
{
    return 2 * s <= ONE ? multiply(2 * s, b) : screen(2 * s - ONE, b);
}

static inline uint32_t overlay(uint32_t s, uint32_t b)
{
    return hard_light(b, s);
}

static inline uint32_t darken(uint32_t s, uint32_t b)
{
    return s < b ? s : b;
}

static inline uint32_t lighten(uint32_t s, uint32_t b)
{
    return s > b ? s : b;
}

static inline uint32_t color_dodge(uint32_t s, uint32_t b)
{
    return s < ONE ? at_most_one((b << 15) / (ONE - s)) : ONE;
}

static inline uint32_t color_burn(uint32_t s, uint32_t b)
{
    return s > 0 ? ONE - at_most_one(((ONE - b) << 15) / s) : 0;
}

static inline uint32_t soft_light(uint32_t s, uint32_t b)
{
    uint32_t lighter;
    if (2 * s <= ONE)
        return product(ONE - product(ONE - 2 * s, ONE - b), b);
    if (4 * b <= ONE) {
        const uint32_t square = product(b, b);
        lighter = 4 * b + 16 * product(square, b) - 12 * square;
    } else {
        lighter = (uint32_t)sqrt((double)(b << 15));
    }
    return b + product(2 * s - ONE, lighter - b);
}

static inline uint32_t difference(uint32_t s, uint32_t b)
{
    return s < b ? b - s : s - b;
}

static inline uint32_t exclusion(uint32_t s, uint32_t b)
{
    return b + s - 2 * product(b, s);
}

/* ---- blending hue, saturation and luminosity ------------------------------------------------------------- */

/* The weights of red, green and blue are cut to 15 bits as well, and add up to a little less than one.  The sum may
 * fall just below zero; MyPaint then divides it as an unsigned number. */
static inline int32_t luminosity_of(const int32_t *rgb)
{
    return (int32_t)((uint32_t)(rgb[0] * 9830 + rgb[1] * 19333 + rgb[2] * 3604) / ONE);
}

static inline int32_t least(const int32_t *rgb)
{
    const int32_t first = rgb[0] < rgb[1] ? rgb[0] : rgb[1];
    return first < rgb[2] ? first : rgb[2];
}

static inline int32_t greatest(const int32_t *rgb)
{
    const int32_t first = rgb[0] > rgb[1] ? rgb[0] : rgb[1];
    return first > rgb[2] ? first : rgb[2];
}

/* Scales the distance from `centre` by part / whole, in numbers that may wrap around. */
static inline int32_t drawn_to(int32_t centre, int32_t value, int32_t part, int32_t whole)
{
    return centre + (int32_t)((uint32_t)(value - centre) * (uint32_t)part) / whole;
}

static inline void set_luminosity(int32_t *rgb, int32_t wanted)
{
    const int32_t shift = wanted - luminosity_of(rgb);
    int32_t grey, low, high;
    for (int c = 0; c < 3; c++)
        rgb[c] += shift;
    grey = luminosity_of(rgb);
    low = least(rgb);
    high = greatest(rgb);
    for (int c = 0; c < 3 && low < 0; c++)
        rgb[c] = drawn_to(grey, rgb[c], grey, grey - low);
    for (int c = 0; c < 3 && high > (int32_t)ONE; c++)
        rgb[c] = drawn_to(grey, rgb[c], (int32_t)ONE - grey, high - grey);
}

static inline void set_saturation(int32_t *rgb, int32_t wanted)
{
    const int32_t low = least(rgb), range = greatest(rgb) - low;
    for (int c = 0; c < 3; c++)
        rgb[c] = range > 0 ? (rgb[c] - low) * wanted / range : 0;
}

static inline int32_t saturation_of(const int32_t *rgb)
{
    return greatest(rgb) - least(rgb);
}

/* ---- blending pixels ------------------------------------------------------------------------------------- */

/* Turns `below` into the blend of both colours. */
typedef void colour_rule(const uint32_t *above, uint32_t *below);

#define EACH_CHANNEL(rule)                                                    \
    static inline void rule##_colours(const uint32_t *above, uint32_t *below) \
    {                                                                         \
        for (int c = 0; c < 3; c++)                                           \
            below[c] = rule(above[c], below[c]);                              \
    }

EACH_CHANNEL(multiply)
EACH_CHANNEL(screen)
EACH_CHANNEL(hard_light)
EACH_CHANNEL(overlay)
EACH_CHANNEL(darken)
EACH_CHANNEL(lighten)
EACH_CHANNEL(color_dodge)
EACH_CHANNEL(color_burn)
EACH_CHANNEL(soft_light)
EACH_CHANNEL(difference)
EACH_CHANNEL(exclusion)

/* Hue and saturation of one colour, or only one of them, and the rest of the other. */
static inline void mixed_colours(const uint32_t *hue, const uint32_t *saturation, const uint32_t *luminosity,
                                 uint32_t *out)
{
    int32_t rgb[3], other[3];
    int32_t light;
    for (int c = 0; c < 3; c++)
        other[c] = luminosity[c];
    light = luminosity_of(other);
    for (int c = 0; c < 3; c++) {
        rgb[c] = hue[c];
        other[c] = saturation[c];
    }
    if (hue != saturation)
        set_saturation(rgb, saturation_of(other));
    set_luminosity(rgb, light);
    for (int c = 0; c < 3; c++)
        out[c] = rgb[c];
}

static inline void hue_colours(const uint32_t *above, uint32_t *below)
{
    mixed_colours(above, below, below, below);
}

static inline void saturation_colours(const uint32_t *above, uint32_t *below)
{
    mixed_colours(below, above, below, below);
}

static inline void color_colours(const uint32_t *above, uint32_t *below)
{
    mixed_colours(above, above, below, below);
}

static inline void luminosity_colours(const uint32_t *above, uint32_t *below)
{
    mixed_colours(below, below, above, below);
}

static inline void unpremultiply(const uint16_t *pixel, uint32_t alpha, uint32_t *colour)
{
    for (int c = 0; c < 3; c++)
        colour[c] = alpha == ONE ? at_most_one(pixel[c]) : alpha ? at_most_one(((uint32_t)pixel[c] << 15) / alpha) : 0;
}

/* Normal: the layer's colour alone. */
static inline void normal(uint16_t *under, int channels, const uint16_t *paint, uint32_t opacity)
{
    const uint32_t covered = product(paint[3], opacity), left = ONE - covered;
    for (int c = 0; c < 3; c++)
        under[c] = sum_of_products(paint[c], opacity, left, under[c]);
    if (channels == 4)
        under[3] = at_most_one(covered + product(under[3], left));
}

static inline __attribute__((always_inline)) void
lay_blended(uint16_t *under, int channels, const uint16_t *paint, size_t n, uint32_t opacity, colour_rule *rule)
{
    for (size_t i = 0; i < n; i++, under += channels, paint += 4) {
        const uint32_t covered = product(paint[3], opacity), left = ONE - covered;
        const uint32_t alpha = channels == 4 ? under[3] : ONE;
        uint32_t above[3], mixed[3];
        if (!paint[3])
            continue;
        unpremultiply(paint, paint[3], above);
        unpremultiply(under, alpha, mixed);
        rule(above, mixed);
        for (int c = 0; c < 3; c++) {
            const uint32_t colour = sum_of_products(ONE - alpha, above[c], alpha, mixed[c]);
            under[c] = at_most_one(sum_of_products(covered, colour, left, under[c]));
        }
        if (channels == 4)
            under[3] = at_most_one(covered + product(alpha, left));
    }
}

/* Where colours do not mix, and coverage is all: Porter and Duff's operators.  Each keeps parts of the layer and of
 * what is below. */
static inline __attribute__((always_inline)) void
lay_composed(uint16_t *under, int channels, const uint16_t *paint, size_t n, uint32_t opacity, enum mode mode)
{
    for (size_t i = 0; i < n; i++, under += channels, paint += 4) {
        const uint32_t covered = product(paint[3], opacity), left = ONE - covered;
        const uint32_t alpha = channels == 4 ? under[3] : ONE;
        uint32_t colour[3];
        switch (mode) {
        case PLUS:
            unpremultiply(paint, paint[3], colour);
            for (int c = 0; c < 3; c++)
                under[c] = at_most_one(product(colour[c], covered) + under[c]);
            if (channels == 4)
                under[3] = at_most_one(alpha + covered);
            break;
        case DST_IN:
        case DST_OUT:
            for (int c = 0; c < channels; c++)
                under[c] = product(under[c], mode == DST_IN ? covered : left);
            break;
        case SRC_ATOP:
            for (int c = 0; c < 3; c++)
                under[c] = sum_of_products(product(paint[c], opacity), alpha, under[c], left);
            break;
        default: /* DST_ATOP */
            for (int c = 0; c < 3; c++)
                under[c] = sum_of_products(product(paint[c], opacity), ONE - alpha, under[c], covered);
            if (channels == 4)
                under[3] = covered;
        }
    }
}

static inline __attribute__((always_inline)) void
lay(uint16_t *under, int channels, const uint16_t *paint, size_t n, uint32_t opacity, enum mode mode)
{
#define BLENDED(rule) lay_blended(under, channels, paint, n, opacity, rule##_colours)
    switch (mode) {
    case NORMAL:
        for (size_t i = 0; i < n; i++, under += channels, paint += 4)
            normal(under, channels, paint, opacity);
        break;
    case PIGMENT:
        for (size_t i = 0; i < n; i++, under += channels, paint += 4) {
            const uint32_t covered = product(paint[3], opacity), alpha = channels == 4 ? under[3] : ONE;
            if (!alpha || !covered || covered == ONE) {
                normal(under, channels, paint, opacity);
            } else {
                const uint32_t together = db_mix_pigments(paint, covered, under, alpha);
                if (channels == 4)
                    under[3] = together;
            }
        }
        break;
    case MULTIPLY: BLENDED(multiply); break;
    case SCREEN: BLENDED(screen); break;
    case OVERLAY: BLENDED(overlay); break;
    case DARKEN: BLENDED(darken); break;
    case LIGHTEN: BLENDED(lighten); break;
    case HARD_LIGHT: BLENDED(hard_light); break;
    case SOFT_LIGHT: BLENDED(soft_light); break;
    case COLOR_BURN: BLENDED(color_burn); break;
    case COLOR_DODGE: BLENDED(color_dodge); break;
    case DIFFERENCE: BLENDED(difference); break;
    case EXCLUSION: BLENDED(exclusion); break;
    case HUE: BLENDED(hue); break;
    case SATURATION: BLENDED(saturation); break;
    case COLOR: BLENDED(color); break;
    case LUMINOSITY: BLENDED(luminosity); break;
    case PLUS: lay_composed(under, channels, paint, n, opacity, PLUS); break;
    case DST_IN: lay_composed(under, channels, paint, n, opacity, DST_IN); break;
    case DST_OUT: lay_composed(under, channels, paint, n, opacity, DST_OUT); break;
    case SRC_ATOP: lay_composed(under, channels, paint, n, opacity, SRC_ATOP); break;
    case DST_ATOP: lay_composed(under, channels, paint, n, opacity, DST_ATOP); break;
    }
#undef BLENDED
}

/* Lays n pixels of premultiplied RGBA over n pixels, in place: RGBA if `channels` is 4, opaque RGB if it is 3. */
void db_blend(uint16_t *under, int channels, const uint16_t *paint, size_t n, unsigned opacity, int mode)
{
    if (channels == 4)
        lay(under, 4, paint, n, opacity, (enum mode)mode);
    else
        lay(under, 3, paint, n, opacity, (enum mode)mode);
}

/* n pixels of straight RGBA of 8 bits as premultiplied 15 bits, rounded to nearest; `light` and `alpha` are what each
 * of the 256 levels of a colour and of alpha is. */
void db_premultiply(const uint8_t *straight, size_t n, const uint16_t *light, const uint16_t *alpha, uint16_t *out)
{
    for (size_t i = 0; i < n; i++, straight += 4, out += 4) {
        const uint32_t covered = alpha[straight[3]];
        for (int c = 0; c < 3; c++)
            out[c] = (light[straight[c]] * covered + ONE / 2) >> 15;
        out[3] = covered;
    }
}
