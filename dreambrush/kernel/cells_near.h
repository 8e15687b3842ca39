// Which cells lie near strokes.  Included once for each level of instructions, after lanes.h.

// x and y of LANES points that follow each other.
INLINE void DB_NAME(apart)(const float *points, V *x, V *y) {
    V first = DB_NAME(load)(points), second = DB_NAME(load)(points + LANES);
#if LANES == 16
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#elif LANES == 8
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD 1, 3, 5, 7, 9, 11, 13, 15
#else
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#endif
#if defined(__clang__)
    *x = __builtin_shufflevector(first, second, EVEN);
    *y = __builtin_shufflevector(first, second, ODD);
#else
    *x = __builtin_shuffle(first, second, (I){EVEN});
    *y = __builtin_shuffle(first, second, (I){ODD});
#endif
#undef EVEN
#undef ODD
}

static int64_t DB_NAME(find)(int64_t count, int64_t pieces, const float *nodes, const float *far, const int64_t *low,
                             const int64_t *sides, int64_t cells, const float *points, int64_t across,
                             int64_t *found_id, float *found_points, int64_t *ends) {
    int64_t found = 0;
    Piece piece[MOST_PIECES];
    for (int64_t stroke = 0; stroke < count; stroke++) {
        see_pieces(nodes + 2 * (pieces + 1) * stroke, pieces, piece);
        float limit = far[stroke] * far[stroke];
        int64_t left = low[2 * stroke], top = low[2 * stroke + 1], wide = sides[2 * stroke];
        for (int64_t row = top; row < top + sides[2 * stroke + 1]; row++) {
            int64_t first = row * across + left;
            for (int64_t at = first; at < first + wide; at += LANES) {
                const float *from = points + 2 * at;
                float last[2 * LANES];
                if (at + LANES > cells) {
                    memset(last, 0, sizeof last);
                    memcpy(last, from, 2 * (cells - at) * sizeof *last);
                    from = last;
                }
                V x, y, nearest = DB_NAME(all)(INFINITY);
                DB_NAME(apart)(from, &x, &y);
                for (int64_t i = 0; i < pieces; i++) {
                    V dx = x - piece[i].x, dy = y - piece[i].y;
                    V along = (dx * piece[i].ex + dy * piece[i].ey) * piece[i].steep;
                    along = DB_NAME(min)(DB_NAME(max)(along, (V){0}), DB_NAME(all)(1.0f));
                    dx -= along * piece[i].ex;
                    dy -= along * piece[i].ey;
                    nearest = DB_NAME(min)(dx * dx + dy * dy, nearest);
                }
                int64_t lanes = first + wide - at < LANES ? first + wide - at : LANES;
                float distance[LANES];
                DB_NAME(store)(distance, nearest);
                for (int64_t lane = 0; lane < lanes; lane++) {
                    found_id[found] = at + lane;
                    found_points[2 * found] = from[2 * lane];
                    found_points[2 * found + 1] = from[2 * lane + 1];
                    found += distance[lane] < limit;
                }
            }
        }
        ends[stroke] = found;
    }
    return found;
}

// Where on a polyline points lie: the number of the nearest piece, and how far along it.
static void DB_NAME(along)(int64_t count, int64_t pieces, const float *nodes, const int64_t *starts,
                           const float *points, float *found) {
    Piece piece[MOST_PIECES];
    for (int64_t stroke = 0; stroke < count; stroke++) {
        see_pieces(nodes + 2 * (pieces + 1) * stroke, pieces, piece);
        for (int64_t at = starts[stroke]; at < starts[stroke + 1]; at += LANES) {
            int64_t lanes = starts[stroke + 1] - at < LANES ? starts[stroke + 1] - at : LANES;
            float given[2 * LANES] = {0}, there[LANES];
            memcpy(given, points + 2 * at, 2 * lanes * sizeof *given);
            V x, y, nearest = DB_NAME(all)(INFINITY), place = {0};
            DB_NAME(apart)(given, &x, &y);
            for (int64_t i = 0; i < pieces; i++) {
                V dx = x - piece[i].x, dy = y - piece[i].y;
                V along = (dx * piece[i].ex + dy * piece[i].ey) * piece[i].steep;
                along = DB_NAME(min)(DB_NAME(max)(along, (V){0}), DB_NAME(all)(1.0f));
                dx -= along * piece[i].ex;
                dy -= along * piece[i].ey;
                V squared = dx * dx + dy * dy;
                place = DB_NAME(less)(squared, nearest, along + (float)i, place);
                nearest = DB_NAME(min)(squared, nearest);
            }
            DB_NAME(store)(there, place);
            memcpy(found + at, there, lanes * sizeof *there);
        }
    }
}
