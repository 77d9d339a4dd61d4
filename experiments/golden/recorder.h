/*
 * recorder.h - what a golden case leaves behind: its five CSV files.
 *
 * Listens to a world and puts rows into streams, which compare them with the expected
 * files. At the first row that differs, in any file, it describes the world as it
 * stands then.
 */
#ifndef EXPERIMENTS_GOLDEN_RECORDER_H
#define EXPERIMENTS_GOLDEN_RECORDER_H

#include "experiments/golden/row_stream.h"
#include "experiments/golden/world.h"

typedef enum {
    FILE_SCHEDULE,
    FILE_CREDITS,
    FILE_EVENTS,
    FILE_REQUESTS,
    FILE_TOTALS,
    CASE_FILES,
} CaseFile;

/* "schedule", the name without its .csv. */
const char *case_file_name(CaseFile file);

typedef struct Recorder Recorder;

Recorder *recorder_new(const GoldenCase *golden);
void recorder_free(Recorder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recorder, recorder_free)

RowStream *recorder_stream(const Recorder *self, CaseFile file);

/* What the world's cast tells it. */
RequestListener recorder_request_listener(Recorder *self);
/* Listens to the world, which must not have run, and writes the headers. */
void recorder_attach(Recorder *self, World *world);

/* The world has run to its end: writes what is known only now. Errors as
 * row_stream_finish. */
bool recorder_finish(Recorder *self, GError **error);

/* The first difference, several lines; NULL when there is none. Borrowed. */
const char *recorder_difference(const Recorder *self);

#endif
