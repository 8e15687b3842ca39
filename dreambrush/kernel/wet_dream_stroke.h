// What is known of a wet stroke before any point is looked at: also where its nodes are on the path.

typedef struct {
    Stroke seen;
    float low[DB_STEPS], high[DB_STEPS]; // places a quarter and three quarters of the way between nodes, from the start
    float direction[DB_STEPS][2];        // from each node to the next
} WetStroke;

typedef struct {
    Slopes seen;
    float low[DB_STEPS], high[DB_STEPS];
} WetSlopes;

static void see_wet_stroke(const db_wet_dream *restrict dream, const float *numbers, WetStroke *restrict to) {
    Stroke *seen = &to->seen;
    see_path(dream->nib, dream->reach, numbers, seen);
    see_traits(dream->traits, dream->first_bias, seen);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < DB_HIDDEN; j++) seen->bias[j] += numbers[6 + i] * dream->pressures[i * DB_HIDDEN + j];
    float before[2] = {0.0f, 0.0f}, walked = 0.0f, least = 1e-12f * seen->by_unit * seen->by_unit;
    for (int s = 0; s < DB_STEPS; s++) {
        float t = (float)(s + 1) / DB_STEPS, edge[2];
        for (int axis = 0; axis < 2; axis++) {
            float node = 2.0f * t * (1.0f - t) * seen->control[axis] + t * t * seen->end[axis];
            edge[axis] = node - before[axis];
            before[axis] = node;
        }
        float length = sqrtf(edge[0] * edge[0] + edge[1] * edge[1] + least), by_length = 1.0f / length;
        to->direction[s][0] = edge[0] * by_length;
        to->direction[s][1] = edge[1] * by_length;
        to->low[s] = walked + 0.25f * length;
        to->high[s] = walked + 0.75f * length;
        walked += length;
    }
}

// Follows the slopes back to the stroke's nine numbers.
static void wet_stroke_back(const db_wet_dream *dream, const float *numbers, const WetStroke *at, WetSlopes *by,
                            float *to) {
    // From the last node to the first.  A step moves all places that come after it.
    float control[2] = {0.0f, 0.0f}, end[2] = {0.0f, 0.0f}, node[2] = {0.0f, 0.0f}, later = 0.0f;
    for (int s = DB_STEPS - 1; s >= 0; s--) {
        float step = later + (0.25f * by->low[s] + 0.75f * by->high[s]);
        later += by->low[s] + by->high[s];
        float t = (float)(s + 1) / DB_STEPS;
        for (int axis = 0; axis < 2; axis++) {
            float edge = at->direction[s][axis] * step;
            node[axis] += edge; // complete now, for the node at the step's end
            control[axis] += 2.0f * t * (1.0f - t) * node[axis];
            end[axis] += t * t * node[axis];
            node[axis] = -edge;
        }
    }
    for (int axis = 0; axis < 2; axis++) {
        by->seen.bend[axis] += end[axis]; // bend is end - 2 control
        by->seen.tangent[axis] += control[axis] + 2.0f * end[axis];
    }
    stroke_back(dream->nib, dream->reach, dream->traits, NULL, numbers, &at->seen, &by->seen, to);
    for (int i = 0; i < 2; i++) {
        float sum = 0.0f;
        for (int j = 0; j < DB_HIDDEN; j++) sum += by->seen.hidden[j] * dream->pressures[i * DB_HIDDEN + j];
        to[6 + i] = usable(to[6 + i] + sum);
    }
}
