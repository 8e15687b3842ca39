// Of what wet paint consists at a point, and how slopes by that go back; needs common.h.

#define LEAST_WEIGHT 1e-6f

// A colour, and beside it how much paint there is: four numbers at once, which every processor has.
typedef float V4 __attribute__((vector_size(16)));

INLINE V4 four(const float *from) {
    V4 value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void put_four(float *to, V4 value) { memcpy(to, &value, sizeof value); }

INLINE V4 three(const float *from) { return (V4){from[0], from[1], from[2], 0.0f}; }

INLINE void put_three(float *to, V4 value) {
    for (int c = 0; c < 3; c++) to[c] = value[c];
}

INLINE V4 opaque(const float *from) { return (V4){from[0], from[1], from[2], 1.0f}; }

// Of what paint consists: shares and weights (per) of each row; see wet.h.
typedef struct {
    int64_t per;
    const float *along, *own, *kept, *carried, *weights;
} Paint;

// The same at one point: shares of own colour, of what lies there, of what is carried; and of what is carried the
// colour, premultiplied, and how much paint there is.
typedef struct {
    V4 shares, memory;
} Mixed;

static const Mixed PURE = {{1.0f, 0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f, 0.0f}};

// The nodes whose weights count: from the first to before the last.
INLINE void find_span(int64_t per, const float *weight, int64_t *first, int64_t *last) {
    int64_t from = 0, to = per;
    while (from < to && weight[from] < LEAST_WEIGHT) from++;
    while (to > from && weight[to - 1] < LEAST_WEIGHT) to--;
    *first = from;
    *last = to;
}

INLINE Mixed mix(const Paint *paint, int64_t row, const float *sample) {
    const float *weight = paint->weights + paint->per * row;
    Mixed here = {{paint->own[row], paint->kept[row], paint->carried[row], 0.0f}, PURE.memory};
    int64_t first, last;
    find_span(paint->per, weight, &first, &last);
    for (int64_t j = first; j < last; j++) here.memory += weight[j] * four(sample + 4 * j);
    return here;
}

static void mix_places(const Paint *paint, int64_t row, int64_t places, const float *sample, Mixed *to) {
    for (int64_t i = 0; i < places; i++) to[i] = mix(paint, row + i, sample);
}

// The place before a fragment, and how far it is from there to the next.
INLINE int64_t find_place(float along, int64_t places, float *part) {
    int64_t most = places - 2, from = along > 0.0f ? (along < (float)most ? (int64_t)along : most) : 0;
    float rest = along - (float)from;
    *part = rest > 0.0f ? (rest < 1.0f ? rest : 1.0f) : 0.0f; // and 0 if it is no number
    return from;
}

INLINE Mixed mix_between(const Mixed *place, int64_t places, float along) {
    float part;
    const Mixed *from = place + find_place(along, places, &part), *to = from + 1;
    Mixed here = {from->shares + part * (to->shares - from->shares), from->memory + part * (to->memory - from->memory)};
    return here;
}

// What is picked up there: where that is transparent, the base.
INLINE V4 picked(const Mixed *here, V4 base) { return here->memory + (1.0f - here->memory[3]) * base; }

// Where slopes by paint go; own is NULL if they are not wanted.
typedef struct {
    float *own, *kept, *carried, *weights;
} ByPaint;

// What goes back from fragments to what paint consists of: slopes by shares, by the carried colour, and by its paint.
INLINE void add_mixed(const ByPaint *by, int64_t row, float part, V4 shares) {
    by->own[row] += part * shares[0];
    by->kept[row] += part * shares[1];
    by->carried[row] += part * shares[2];
}

// From slopes by what is carried to those by the nodes' weights.
INLINE void add_weights(const Paint *paint, const ByPaint *by, int64_t row, const float *sample, V4 memory) {
    const float *weight = paint->weights + paint->per * row;
    int64_t first, last;
    find_span(paint->per, weight, &first, &last);
    for (int64_t j = first; j < last; j++) {
        V4 each = memory * four(sample + 4 * j);
        by->weights[paint->per * row + j] = each[0] + each[1] + each[2] + each[3];
    }
}

// And to those by what was found at the nodes, whose paint counts as fixed.
INLINE void add_samples(const Paint *paint, int64_t row, V4 memory, float *by_sample) {
    const float *weight = paint->weights + paint->per * row;
    int64_t first, last;
    find_span(paint->per, weight, &first, &last);
    for (int64_t j = first; j < last; j++) put_four(by_sample + 4 * j, four(by_sample + 4 * j) + weight[j] * memory);
}
