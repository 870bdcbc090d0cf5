// glibc's mallopt(3), which its Swift module leaves out.
#include <malloc.h>
