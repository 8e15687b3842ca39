/* Whether there is memory left.
 *
 * Asks the system first: a large block of malloc's that is given back changes how glibc serves the next ones. */
#include <stdlib.h>
#include <sys/mman.h>

#include "room.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

int db_room_for(size_t bytes)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room != MAP_FAILED) {
        munmap(room, bytes);
        return 1;
    }
    room = malloc(bytes); /* what the process has freed may still be there */
    free(room);
    return room != NULL;
}
