#pragma once

/// The commit that was built, as `make` tells it (BOARDCAST_COMMIT); empty when it was not told.
const char *boardcast_commit(void);
