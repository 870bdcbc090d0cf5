// What Gateway uses of zlib.
#include <zlib.h>
