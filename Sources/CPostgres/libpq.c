#include "CPostgres.h"
#include <dlfcn.h>
#include <pthread.h>

// Each function of libpq that is used: its type, its name after "PQ", its parameters, and these as arguments.
#define FUNCTIONS(F)                                                                                                   \
    F(CPQoption *, conninfoParse, (const char *a, char **b), (a, b))                                                   \
    F(PGconn *, connectStartParams, (const char *const *a, const char *const *b, int c), (a, b, c))                    \
    F(int, connectPoll, (PGconn * a), (a))                                                                             \
    F(int, status, (const PGconn *a), (a))                                                                             \
    F(int, socket, (const PGconn *a), (a))                                                                             \
    F(int, serverVersion, (const PGconn *a), (a))                                                                      \
    F(const char *, parameterStatus, (const PGconn *a, const char *b), (a, b))                                         \
    F(char *, errorMessage, (const PGconn *a), (a))                                                                    \
    F(int, setnonblocking, (PGconn * a, int b), (a, b))                                                                \
    F(void *, setNoticeProcessor, (PGconn * a, void (*b)(void *, const char *), void *c), (a, b, c))                   \
    F(int, enterPipelineMode, (PGconn * a), (a))                                                                       \
    F(int, pipelineSync, (PGconn * a), (a))                                                                            \
    F(int, sendPrepare, (PGconn * a, const char *b, const char *c, int d, const unsigned *e), (a, b, c, d, e))         \
    F(int, sendQueryPrepared,                                                                                          \
      (PGconn * a, const char *b, int c, const char *const *d, const int *e, const int *f, int g),                     \
      (a, b, c, d, e, f, g))                                                                                           \
    F(int, flush, (PGconn * a), (a))                                                                                   \
    F(int, consumeInput, (PGconn * a), (a))                                                                            \
    F(int, isBusy, (PGconn * a), (a))                                                                                  \
    F(PGresult *, getResult, (PGconn * a), (a))                                                                        \
    F(int, resultStatus, (const PGresult *a), (a))                                                                     \
    F(char *, resultErrorField, (const PGresult *a, int b), (a, b))                                                    \
    F(int, ntuples, (const PGresult *a), (a))                                                                          \
    F(int, nfields, (const PGresult *a), (a))                                                                          \
    F(int, getisnull, (const PGresult *a, int b, int c), (a, b, c))                                                    \
    F(int, getlength, (const PGresult *a, int b, int c), (a, b, c))                                                    \
    F(char *, getvalue, (const PGresult *a, int b, int c), (a, b, c))                                                  \
    F(char *, cmdTuples, (PGresult * a), (a))                                                                          \
    F(CPQnotify *, notifies, (PGconn * a), (a))

#define PROCEDURES(F)                                                                                                  \
    F(conninfoFree, (CPQoption * a), (a))                                                                              \
    F(freemem, (void *a), (a))                                                                                         \
    F(finish, (PGconn * a), (a))                                                                                       \
    F(clear, (PGresult * a), (a))

#define POINTER(type, name, parameters, arguments) static type(*found_##name) parameters;
#define POINTER_TO_PROCEDURE(name, parameters, arguments) static void(*found_##name) parameters;
FUNCTIONS(POINTER)
PROCEDURES(POINTER_TO_PROCEDURE)

static int outcome;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        outcome = 1;
        return;
    }
    void *symbol;
#define FIND(name)                                                                                                     \
    symbol = dlsym(library, "PQ" #name);                                                                               \
    if (!symbol) {                                                                                                     \
        outcome = 2;                                                                                                   \
        return;                                                                                                        \
    }                                                                                                                  \
    *(void **)&found_##name = symbol;
#define FIND_FUNCTION(type, name, parameters, arguments) FIND(name)
#define FIND_PROCEDURE(name, parameters, arguments) FIND(name)
    FUNCTIONS(FIND_FUNCTION)
    PROCEDURES(FIND_PROCEDURE)
}

int cpq_load(void) {
    pthread_once(&once, load);
    return outcome;
}

#define WRAP(type, name, parameters, arguments)                                                                        \
    type cpq_##name parameters { return found_##name arguments; }
#define WRAP_PROCEDURE(name, parameters, arguments)                                                                    \
    void cpq_##name parameters { found_##name arguments; }
FUNCTIONS(WRAP)
PROCEDURES(WRAP_PROCEDURE)
