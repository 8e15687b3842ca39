// Numbers side by side: what the compiler's vectors lack in C, for the instructions chosen by DB_LEVEL.
//
// Included once for each level.  Every operation is one of IEEE 754 and is done in each lane by itself, so all levels
// give the same bits: vectors differ in width only.  min and max give their second argument where one is no number.

#if DB_LEVEL == 2
#define LANES 16
#elif DB_LEVEL == 1
#define LANES 8
#else
#define LANES 4
#endif
#define PARTS (16 / LANES)

#define V DB_NAME(v)
#define I DB_NAME(i)
typedef float V __attribute__((vector_size(4 * LANES)));
typedef int32_t I __attribute__((vector_size(4 * LANES)));

INLINE V DB_NAME(load)(const float *from) {
    V value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void DB_NAME(store)(float *to, V value) { memcpy(to, &value, sizeof value); }

INLINE V DB_NAME(all)(float value) { return value - (V){0}; }

#if DB_LEVEL == 2
INLINE V DB_NAME(min)(V a, V b) { return (V)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE V DB_NAME(max)(V a, V b) { return (V)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE V DB_NAME(root)(V a) { return (V)_mm512_sqrt_ps((__m512)a); }
// Where a < b then x, else y.
INLINE V DB_NAME(less)(V a, V b, V x, V y) {
    return (V)_mm512_mask_blend_ps(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ), (__m512)y, (__m512)x);
}
#elif DB_LEVEL == 1
INLINE V DB_NAME(min)(V a, V b) { return (V)_mm256_min_ps((__m256)a, (__m256)b); }
INLINE V DB_NAME(max)(V a, V b) { return (V)_mm256_max_ps((__m256)a, (__m256)b); }
INLINE V DB_NAME(root)(V a) { return (V)_mm256_sqrt_ps((__m256)a); }
INLINE V DB_NAME(less)(V a, V b, V x, V y) {
    return (V)_mm256_blendv_ps((__m256)y, (__m256)x, _mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LT_OQ));
}
#else
INLINE V DB_NAME(less)(V a, V b, V x, V y) {
    I mask = a < b;
    return (V)((mask & (I)x) | (~mask & (I)y));
}
#if defined(__SSE2__)
INLINE V DB_NAME(min)(V a, V b) { return (V)_mm_min_ps((__m128)a, (__m128)b); }
INLINE V DB_NAME(max)(V a, V b) { return (V)_mm_max_ps((__m128)a, (__m128)b); }
INLINE V DB_NAME(root)(V a) { return (V)_mm_sqrt_ps((__m128)a); }
#else
INLINE V DB_NAME(min)(V a, V b) { return DB_NAME(less)(a, b, a, b); }
INLINE V DB_NAME(max)(V a, V b) { return DB_NAME(less)(b, a, a, b); }
#if defined(__aarch64__)
INLINE V DB_NAME(root)(V a) { return (V)vsqrtq_f32((float32x4_t)a); }
#else
INLINE V DB_NAME(root)(V a) {
    for (int lane = 0; lane < LANES; lane++) a[lane] = sqrtf(a[lane]);
    return a;
}
#endif
#endif
#endif

INLINE V DB_NAME(absolute)(V a) { return (V)((I)a & 0x7fffffff); }

INLINE V DB_NAME(within)(V a, float most) {
    return DB_NAME(max)(DB_NAME(min)(a, DB_NAME(all)(most)), DB_NAME(all)(-most));
}

// e^x, within 2e-7 of it (relative); x is brought to -87..88 first.  After exp in Moshier's Cephes library.
INLINE V DB_NAME(exponential)(V x) {
    x = DB_NAME(max)(DB_NAME(min)(x, DB_NAME(all)(88.0f)), DB_NAME(all)(-87.0f));
    V shifted = x * 1.44269504088896341f + 12582912.0f; // 1.5 * 2^23: the sum's last bits are the nearest whole number
    V whole = shifted - 12582912.0f;
    V rest = x - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    V sum = rest * 1.9875691500e-4f + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * (rest * rest) + rest + 1.0f;
    return (V)((I)sum + ((I)shifted << 23));
}
