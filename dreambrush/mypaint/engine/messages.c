/* libmypaint prints some remarks ("Time is running backwards!") on stdout, where a program's results may go. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "engine.h"

void db_messages_to_stderr(void)
{
#ifdef __GLIBC__
    stdout = stderr; /* elsewhere it cannot be set */
#endif
}
