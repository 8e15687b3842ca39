/* Whether there is memory left; Python does not see this. */
#ifndef DB_ROOM_H
#define DB_ROOM_H

#include <stddef.h>

/* Whether so many bytes could be had now.  libmypaint does not look whether its own allocations succeed: without
 * memory for them it ends the process, so that we look beforehand. */
int db_room_for(size_t bytes);

#endif
