// What PostgresStore uses of libpq (PostgreSQL 14 or later), looked up in the shared library when it is first needed:
// who does not use PostgreSQL has nothing to install, neither to build nor to run.
#pragma once
#include <stddef.h>

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

// libpq's numbers, which its ABI keeps.
enum { CPQ_CONNECTION_OK = 0, CPQ_CONNECTION_BAD = 1 };
enum { CPQ_POLLING_FAILED = 0, CPQ_POLLING_READING = 1, CPQ_POLLING_WRITING = 2, CPQ_POLLING_OK = 3 };
enum {
    CPQ_EMPTY_QUERY = 0,
    CPQ_COMMAND_OK = 1,
    CPQ_TUPLES_OK = 2,
    CPQ_FATAL_ERROR = 7,
    CPQ_PIPELINE_SYNC = 10,
    CPQ_PIPELINE_ABORTED = 11
};
enum { CPQ_DIAG_SQLSTATE = 'C' };

typedef struct {
    char *keyword;
    char *envvar;
    char *compiled;
    char *val;
    char *label;
    char *dispchar;
    int dispsize;
} CPQoption;

typedef struct pgNotify {
    char *relname;
    int be_pid;
    char *extra;
    struct pgNotify *next;
} CPQnotify;

// Finds the library. 0 when it is there; 1 when there is none, 2 when it is too old.
int cpq_load(void);

// The functions below are libpq's own of the same name; cpq_load must have returned 0.
CPQoption *cpq_conninfoParse(const char *text, char **message);
void cpq_conninfoFree(CPQoption *options);
void cpq_freemem(void *memory);
PGconn *cpq_connectStartParams(const char *const *keywords, const char *const *values, int expandsName);
int cpq_connectPoll(PGconn *connection);
void cpq_finish(PGconn *connection);
int cpq_status(const PGconn *connection);
int cpq_socket(const PGconn *connection);
int cpq_serverVersion(const PGconn *connection);
const char *cpq_parameterStatus(const PGconn *connection, const char *name);
char *cpq_errorMessage(const PGconn *connection);
int cpq_setnonblocking(PGconn *connection, int is);
void *cpq_setNoticeProcessor(PGconn *connection, void (*processor)(void *, const char *), void *context);
int cpq_enterPipelineMode(PGconn *connection);
int cpq_pipelineSync(PGconn *connection);
int cpq_sendPrepare(PGconn *connection, const char *name, const char *query, int count, const unsigned *types);
int cpq_sendQueryPrepared(
    PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats,
    int resultFormat);
int cpq_flush(PGconn *connection);
int cpq_consumeInput(PGconn *connection);
int cpq_isBusy(PGconn *connection);
PGresult *cpq_getResult(PGconn *connection);
int cpq_resultStatus(const PGresult *result);
char *cpq_resultErrorField(const PGresult *result, int field);
int cpq_ntuples(const PGresult *result);
int cpq_nfields(const PGresult *result);
int cpq_getisnull(const PGresult *result, int row, int column);
int cpq_getlength(const PGresult *result, int row, int column);
char *cpq_getvalue(const PGresult *result, int row, int column);
char *cpq_cmdTuples(PGresult *result);
void cpq_clear(PGresult *result);
CPQnotify *cpq_notifies(PGconn *connection);
