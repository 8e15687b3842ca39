/* What the C files of the engine share about tiles.  Python sees none of this. */
#include <stdint.h>

#define TILE 64
#define TILE_VALUES (TILE * TILE * 4)
#define TILE_BYTES (TILE_VALUES * sizeof(uint16_t))
#define ONE 32768u

/* Remembers how the tiles of a grid looked before a stroke: see trace.c. */
typedef struct db_trace db_trace;
db_trace *db_trace_new(int tiles);
void db_trace_free(db_trace *trace);
int db_trace_keep(db_trace *trace, int tile, const uint16_t *pixels);
int db_trace_next(db_trace *trace, uint16_t *const *tiles, uint8_t *mask);
