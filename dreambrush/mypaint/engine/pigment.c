/* How MyPaint 2 mixes colours like pigments, to the last bit; blending.c does the rest.
 *
 * Pixels are 15-bit fixed point (32768 = 1.0).  Both colours are turned into reflectances of ten bands of
 * light, their geometric mean is taken, weighted by coverage, and turned into RGB again.  All floats are
 * rounded to 32 bits where MyPaint 2.0.1 rounds them (lib/blending.hpp); this file must therefore be compiled
 * without -ffast-math and without contraction into fused operations (see _build.py).
 *
 * The three reflectances and the matrix are the numbers of libmypaint's helpers.c, after Scott Allen Burns:
 *   Copyright (C) 2007-2008 Martin Renold <martinxyz@gmx.ch>
 *   Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is
 *   hereby granted, provided that the above copyright notice and this permission notice appear in all copies.
 *   THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE
 *   INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 *   ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF
 *   USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 *   OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "blending.h"
#include "engine.h"

#define BANDS 10
#define EPSILON 0.001 /* a double, as in MyPaint: keeps the logarithm of black finite */

static const float reflectance[3][BANDS] = {
    {0.009281362787953f, 0.009732627042016f, 0.011254252737167f, 0.015105578649573f, 0.024797924177217f,
     0.083622585502406f, 0.977865045723212f, 1.000000000000000f, 0.999961046144372f, 0.999999992756822f},
    {0.002854127435775f, 0.003917589679914f, 0.012132151699187f, 0.748259205918013f, 1.000000000000000f,
     0.865695937531795f, 0.037477469241101f, 0.022816789725717f, 0.021747419446456f, 0.021384940572308f},
    {0.537052150373386f, 0.546646402401469f, 0.575501819073983f, 0.258778829633924f, 0.041709923751716f,
     0.012662638828324f, 0.007485593127390f, 0.006766900622462f, 0.006699764779016f, 0.006676219883241f},
};

static const float to_rgb[3][BANDS] = {
    {0.026595621243689f, 0.049779426257903f, 0.022449850859496f, -0.218453689278271f, -0.256894883201278f,
     0.445881722194840f, 0.772365886289756f, 0.194498761382537f, 0.014038157587820f, 0.007687264480513f},
    {-0.032601672674412f, -0.061021043498478f, -0.052490001018404f, 0.206659098273522f, 0.572496335158169f,
     0.317837248815438f, -0.021216624031211f, -0.019387668756117f, -0.001521339050858f, -0.000835181622534f},
    {0.339475473216284f, 0.635401374177222f, 0.771520797089589f, 0.113222640692379f, -0.055251113343776f,
     -0.048222578468680f, -0.012966666339586f, -0.001523814504223f, -0.000094718948810f, -0.000051604594741f},
};

/* ---- powers ------------------------------------------------------------------------------------------ */

/* The rational approximations of Paul Mineiro's fastapprox (2011), with which MyPaint computes x^p = 2^(p log2 x):
 * the exponent's bits are the integer part, and a fraction a + b*z + c/(d+z) stands for the rest.  Good to about
 * 1 in 10,000; x must be positive or zero. */
static float log2_of(float x)
{
    uint32_t bits, mantissa_bits;
    float mantissa, scaled;
    memcpy(&bits, &x, 4);
    mantissa_bits = (bits & 0x007fffff) | 0x3f000000;
    memcpy(&mantissa, &mantissa_bits, 4);
    scaled = (float)bits * 1.1920928955078125e-7f;
    return scaled - 124.22551499f - 1.498030302f * mantissa - 1.72587999f / (0.3520887068f + mantissa);
}

static float two_to_the(float p)
{
    const float clipped = p < -126 ? -126.0f : p;
    const float fraction = clipped - (int)clipped + (p < 0 ? 1.0f : 0.0f);
    const uint32_t bits = (1 << 23) * (clipped + 121.2740575f + 27.7280233f / (4.84252568f - fraction) -
                                       1.49012907f * fraction);
    float power;
    memcpy(&power, &bits, 4);
    return power;
}

void db_powers(const float *in, float exponent, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = two_to_the(exponent * log2_of(in[i]));
}

/* ---- pigments ---------------------------------------------------------------------------------------- */

/* Logarithms of a colour's reflectances; its channels are `rgb` parts of `whole`. */
static void log_reflectances(const uint16_t *rgb, uint32_t whole, float *logs)
{
    const float scale = 1.0 - EPSILON;
    float light[3];
    for (int c = 0; c < 3; c++)
        light[c] = (float)rgb[c] / whole * scale + EPSILON;
    for (int b = 0; b < BANDS; b++)
        logs[b] = log2_of(reflectance[0][b] * light[0] + reflectance[1][b] * light[1] + reflectance[2][b] * light[2]);
}

uint32_t db_mix_pigments(const uint16_t *paint, uint32_t covered, uint16_t *under, uint32_t alpha)
{
    const uint32_t together = at_most_one(covered + product(alpha, ONE - covered));
    const float upper = (float)covered / (covered + product(ONE - covered, alpha)), lower = 1.0 - upper;
    const float scale = 1.0 - EPSILON, whole = together;
    float above[BANDS], below[BANDS], rgb[3] = {0};
    log_reflectances(paint, paint[3], above);
    log_reflectances(under, alpha, below);
    for (int b = 0; b < BANDS; b++)
        above[b] = two_to_the(upper * above[b]) * two_to_the(lower * below[b]);
    for (int b = 0; b < BANDS; b++)
        for (int c = 0; c < 3; c++)
            rgb[c] += to_rgb[c][b] * above[b];
    for (int c = 0; c < 3; c++) {
        const double light = (rgb[c] - EPSILON) / scale;
        const float kept = light < 0 ? 0 : light > 1 ? 1 : light;
        under[c] = kept * (whole + 0.5);
    }
    return together;
}
