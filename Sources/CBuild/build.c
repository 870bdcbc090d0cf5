#include "CBuild.h"

#ifndef BOARDCAST_COMMIT
#define BOARDCAST_COMMIT ""
#endif

const char *boardcast_commit(void) { return BOARDCAST_COMMIT; }
