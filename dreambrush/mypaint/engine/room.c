/* Whether there is memory left. */
#include <stdlib.h>

#include "room.h"

int db_room_for(size_t bytes)
{
    void *volatile room = malloc(bytes); /* volatile, or else a compiler takes it that there is room */
    if (!room)
        return 0;
    free(room);
    return 1;
}
