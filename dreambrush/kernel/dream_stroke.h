// What is known of a stroke before any point is looked at, and how that changes with the stroke's nine numbers.
//
// Lengths are in units (train/fit/features.py, unit_length), and the stroke's start is the origin.

#define SOFT_EDGE 0.5f
#define LARGEST_LOG_RADIUS 3.0f
#define FARTHEST 1.2f
#define FARTHEST_OFFSET 4.0f
#define LARGEST_ANSWER 1e9f

typedef struct {
    float unit, by_unit;                  // pixels, and 1 / pixels
    float x, y;                           // start, in pixels
    float control[2], end[2], bend[2];    // bend: end - 2 control
    float node[DB_SEGMENTS][2];           // where each segment begins
    float direction[DB_SEGMENTS][2];
    float length[DB_SEGMENTS], by_length[DB_SEGMENTS];
    float arc[DB_SEGMENTS];               // length of the path before each segment
    float whole, by_whole;                // length of the path, and 1 / (length + 1e-6)
    float pressure, rise;                 // at the start, and how much it grows in a unit of the path
    float steepness;                      // pressure at the end minus that at the start
    float log_radius, by_radius;          // the smaller of log(radius) and 3, and e to its negative
    float across, damped, turn;           // sine of the angle by which the path turns, its factor, their product
    float manner[DB_SEGMENTS][DB_PASSES]; // what each segment adds to the answers at all points
    float bias[DB_HIDDEN];                // of the first layer, with the stroke's traits in it
} Stroke;

// Sums over a stroke's points of how something changes with what is known of the stroke.
typedef struct {
    float forward[DB_SEGMENTS], sideways[DB_SEGMENTS]; // by a point's place in each segment's frame
    float direction[DB_SEGMENTS][2], length[DB_SEGMENTS], arc[DB_SEGMENTS];
    float manner[DB_SEGMENTS][DB_PASSES];
    float whole, pressure, rise, turn, scale, tangent[2], bend[2];
    float hidden[DB_HIDDEN];
} Slopes;

// e^x of one number, as in lanes.h.
INLINE float exponential(float x) {
    x = x < 88.0f ? x : 88.0f;
    x = x > -87.0f ? x : -87.0f;
    float shifted = x * 1.44269504088896341f + 12582912.0f;
    float whole = shifted - 12582912.0f;
    float rest = x - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    float sum = rest * 1.9875691500e-4f + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * (rest * rest) + rest + 1.0f;
    uint32_t bits, power;
    memcpy(&bits, &sum, 4);
    memcpy(&power, &shifted, 4);
    bits += power << 23;
    memcpy(&sum, &bits, 4);
    return sum;
}

// A slope that can be worked with: 0 for what is no number.
INLINE float usable(float value) {
    value = value == value ? value : 0.0f;
    value = value < LARGEST_ANSWER ? value : LARGEST_ANSWER;
    return value > -LARGEST_ANSWER ? value : -LARGEST_ANSWER;
}

// Natural logarithm, within 2e-7; of less than 1e-37 it is that of 1e-37.  After logf in Moshier's Cephes library.
INLINE float logarithm(float x) {
    x = x > 1e-37f ? x : 1e-37f;
    uint32_t bits;
    memcpy(&bits, &x, 4);
    int exponent = (int)(bits >> 23) - 126;
    bits = (bits & 0x7fffff) | 0x3f000000; // 0.5 <= x < 1
    memcpy(&x, &bits, 4);
    if (x < 0.707106781186547524f) {
        exponent -= 1;
        x = x + x - 1.0f;
    } else {
        x = x - 1.0f;
    }
    float square = x * x;
    float sum = x * 7.0376836292e-2f + -1.1514610310e-1f;
    sum = sum * x + 1.1676998740e-1f;
    sum = sum * x + -1.2420140846e-1f;
    sum = sum * x + 1.4249322787e-1f;
    sum = sum * x + -1.6668057665e-1f;
    sum = sum * x + 2.0000714765e-1f;
    sum = sum * x + -2.4999993993e-1f;
    sum = sum * x + 3.3333331174e-1f;
    sum = sum * x * square;
    sum = sum + (float)exponent * -2.12194440e-4f;
    sum = sum - 0.5f * square;
    sum = x + sum;
    return sum + (float)exponent * 0.693359375f;
}

// Its path, and how it is pressed.
INLINE void see_path(const float *nib, float reach, const float *numbers, Stroke *to) {
    to->unit = numbers[8] * reach + SOFT_EDGE;
    to->by_unit = 1.0f / to->unit;
    to->x = numbers[0];
    to->y = numbers[1];
    for (int axis = 0; axis < 2; axis++) {
        float *point[2] = {to->control, to->end};
        for (int i = 0; i < 2; i++) {
            float x = numbers[2 + 2 * i] - numbers[0], y = numbers[3 + 2 * i] - numbers[1];
            point[i][axis] = (x * nib[axis] + y * nib[2 + axis]) * to->by_unit;
        }
        to->bend[axis] = to->end[axis] - 2.0f * to->control[axis];
    }
    float before[2] = {0.0f, 0.0f}, walked = 0.0f;
    for (int s = 0; s < DB_SEGMENTS; s++) {
        float t = (float)(s + 1) / DB_SEGMENTS, edge[2];
        for (int axis = 0; axis < 2; axis++) {
            float node = 2.0f * t * (1.0f - t) * to->control[axis] + t * t * to->end[axis];
            to->node[s][axis] = before[axis];
            edge[axis] = node - before[axis];
            before[axis] = node;
        }
        float length = sqrtf(edge[0] * edge[0] + edge[1] * edge[1] + 1e-12f);
        to->length[s] = length;
        to->by_length[s] = 1.0f / length;
        to->direction[s][0] = edge[0] * to->by_length[s];
        to->direction[s][1] = edge[1] * to->by_length[s];
        to->arc[s] = walked;
        walked += length;
    }
    to->whole = walked;
    to->by_whole = 1.0f / (walked + 1e-6f);
    to->pressure = numbers[6];
    to->steepness = numbers[7] - numbers[6];
    to->rise = to->steepness * to->by_whole;
    float log_radius = logarithm(numbers[8]);
    to->log_radius = log_radius < LARGEST_LOG_RADIUS ? log_radius : LARGEST_LOG_RADIUS;
    to->by_radius = exponential(-to->log_radius);
    const float *first = to->direction[0], *last = to->direction[DB_SEGMENTS - 1];
    to->across = first[0] * last[1] - first[1] * last[0];
    to->damped = 1.0f - 2.0f / (exponential(2.0f * to->by_whole) + 1.0f);
    to->turn = to->across * to->damped;
}

// What each of its segments adds to the answers at all points.
INLINE void see_manners(const float *restrict weights, const float *restrict bias, const float *numbers,
                        Stroke *restrict to) {
    for (int s = 0; s < DB_SEGMENTS; s++) {
        float middle = ((float)s + 0.5f) / DB_SEGMENTS;
        float half = 0.5f * to->length[s];
        float manners[DB_MANNERS] = {
            to->direction[s][0], to->direction[s][1],           half < FARTHEST ? half : FARTHEST,
            numbers[6] * (1.0f - middle) + numbers[7] * middle, 0.3f * to->log_radius,
        };
        for (int q = 0; q < DB_PASSES; q++) {
            float sum = bias[q];
            for (int i = 0; i < DB_MANNERS; i++) sum += manners[i] * weights[i * DB_PASSES + q];
            to->manner[s][q] = sum;
        }
    }
}

// What its traits add to the first layer.
INLINE void see_traits(const float *restrict weights, const float *restrict bias, Stroke *restrict to) {
    float traits[DB_TRAITS] = {
        to->steepness / (to->whole + 1.0f),   to->log_radius - 1.2f, to->by_radius,
        0.5f * logarithm(1.0f + to->whole), to->turn,
    };
    for (int j = 0; j < DB_HIDDEN; j++) to->bias[j] = bias[j];
    for (int i = 0; i < DB_TRAITS; i++)
        for (int j = 0; j < DB_HIDDEN; j++) to->bias[j] += traits[i] * weights[i * DB_HIDDEN + j];
}

// Follows the slopes back to the stroke's nine numbers.  The weights of manners are NULL where segments add nothing.
static void stroke_back(const float *nib, float reach, const float *restrict traits_weights,
                        const float *restrict manners_weights, const float *numbers, const Stroke *restrict at,
                        Slopes *restrict by, float *to) {
    float by_pressure[2] = {by->pressure, 0.0f}, by_log = 0.0f, whole = by->whole, turn = by->turn;

    float traits[DB_TRAITS];
    for (int i = 0; i < DB_TRAITS; i++) {
        traits[i] = 0.0f;
        for (int j = 0; j < DB_HIDDEN; j++) traits[i] += by->hidden[j] * traits_weights[i * DB_HIDDEN + j];
    }
    float longer = at->whole + 1.0f, slope = traits[0] / longer;
    by_pressure[1] += slope;
    by_pressure[0] -= slope;
    whole -= slope * (at->steepness / longer);
    by_log += traits[1] - traits[2] * at->by_radius;
    whole += 0.5f * traits[3] / longer;
    turn += traits[4];

    for (int s = 0; manners_weights && s < DB_SEGMENTS; s++) {
        float middle = ((float)s + 0.5f) / DB_SEGMENTS, manners[DB_MANNERS];
        for (int i = 0; i < DB_MANNERS; i++) {
            manners[i] = 0.0f;
            for (int q = 0; q < DB_PASSES; q++) manners[i] += by->manner[s][q] * manners_weights[i * DB_PASSES + q];
        }
        by->direction[s][0] += manners[0];
        by->direction[s][1] += manners[1];
        if (0.5f * at->length[s] < FARTHEST) by->length[s] += 0.5f * manners[2];
        by_pressure[0] += manners[3] * (1.0f - middle);
        by_pressure[1] += manners[3] * middle;
        by_log += 0.3f * manners[4];
    }

    float rise = by->rise * at->by_whole;
    by_pressure[1] += rise;
    by_pressure[0] -= rise;
    whole -= rise * at->rise;

    const float *first = at->direction[0], *last = at->direction[DB_SEGMENTS - 1];
    float by_across = turn * at->damped;
    by->direction[0][0] += by_across * last[1];
    by->direction[0][1] -= by_across * last[0];
    by->direction[DB_SEGMENTS - 1][0] -= by_across * first[1];
    by->direction[DB_SEGMENTS - 1][1] += by_across * first[0];
    whole -= turn * at->across * (1.0f - at->damped * at->damped) * at->by_whole * at->by_whole;

    // From the last node to the first.  What a segment's length does to all that come after it is in later.
    float control[2] = {by->tangent[0] - 2.0f * by->bend[0], by->tangent[1] - 2.0f * by->bend[1]};
    float end[2] = {by->bend[0], by->bend[1]}, place[2] = {0.0f, 0.0f}, node[2] = {0.0f, 0.0f};
    float later = 0.0f, scale = by->scale;
    for (int s = DB_SEGMENTS - 1; s >= 0; s--) {
        const float *way = at->direction[s], *slopes = by->direction[s];
        float length = by->length[s] + whole + later;
        later += by->arc[s];
        float along = way[0] * slopes[0] + way[1] * slopes[1];
        float moved[2] = {way[0] * by->forward[s] - way[1] * by->sideways[s],
                          way[1] * by->forward[s] + way[0] * by->sideways[s]};
        float t = (float)(s + 1) / DB_SEGMENTS;
        for (int axis = 0; axis < 2; axis++) {
            float edge = (slopes[axis] - way[axis] * along) * at->by_length[s] + way[axis] * length;
            node[axis] += edge; // complete now, for the node at the segment's end
            control[axis] += 2.0f * t * (1.0f - t) * node[axis];
            end[axis] += t * t * node[axis];
            node[axis] = -edge - moved[axis];
            place[axis] += moved[axis];
            scale += at->node[s][axis] * moved[axis];
        }
    }

    float by_radius = -(scale + (control[0] * at->control[0] + control[1] * at->control[1]) +
                        (end[0] * at->end[0] + end[1] * at->end[1])) *
                      at->by_unit * reach;
    if (at->log_radius < LARGEST_LOG_RADIUS) by_radius += by_log / numbers[8];
    for (int axis = 0; axis < 2; axis++) {
        const float *row = nib + 2 * axis;
        to[2 + axis] = (control[0] * row[0] + control[1] * row[1]) * at->by_unit;
        to[4 + axis] = (end[0] * row[0] + end[1] * row[1]) * at->by_unit;
        to[axis] = -(place[0] * row[0] + place[1] * row[1]) * at->by_unit - to[2 + axis] - to[4 + axis];
    }
    to[6] = by_pressure[0];
    to[7] = by_pressure[1];
    to[8] = by_radius;
    for (int i = 0; i < DB_STROKE; i++) to[i] = usable(to[i]);
}
