// Powers of many numbers.  Included once for each level of instructions, after lanes.h.

// Natural logarithm, within 2e-7, of numbers from 1e-37; as in dream_stroke.h.
INLINE V DB_NAME(logarithm)(V x) {
    I bits = (I)x;
    I exponent = (bits >> 23) - 126;
    V part = (V)((bits & 0x7fffff) | 0x3f000000), limit = DB_NAME(all)(0.707106781186547524f);
    V whole = __builtin_convertvector(exponent, V);
    whole = DB_NAME(less)(part, limit, whole - 1.0f, whole);
    V rest = DB_NAME(less)(part, limit, part + part - 1.0f, part - 1.0f), square = rest * rest;
    V sum = rest * 7.0376836292e-2f + -1.1514610310e-1f;
    sum = sum * rest + 1.1676998740e-1f;
    sum = sum * rest + -1.2420140846e-1f;
    sum = sum * rest + 1.4249322787e-1f;
    sum = sum * rest + -1.6668057665e-1f;
    sum = sum * rest + 2.0000714765e-1f;
    sum = sum * rest + -2.4999993993e-1f;
    sum = sum * rest + 3.3333331174e-1f;
    sum = sum * rest * square;
    sum = sum + whole * -2.12194440e-4f;
    sum = sum - 0.5f * square;
    return (rest + sum) + whole * 0.693359375f;
}

static void DB_NAME(powers)(int64_t n, const float *x, float exponent, float *to) {
    for (int64_t i = 0; i < n; i += LANES) {
        float last[LANES] = {0};
        int64_t left = n - i < LANES ? n - i : LANES;
        const float *from = x + i;
        if (left < LANES) from = memcpy(last, from, (size_t)left * sizeof *last);
        V value = DB_NAME(load)(from), least = DB_NAME(all)(1e-37f);
        V power = DB_NAME(exponential)(exponent * DB_NAME(logarithm)(DB_NAME(max)(value, least)));
        power = DB_NAME(less)(value, least, (V){0}, power);
        if (left < LANES) {
            DB_NAME(store)(last, power);
            memcpy(to + i, last, (size_t)left * sizeof *last);
        } else {
            DB_NAME(store)(to + i, power);
        }
    }
}
