/*
 * data_path.h - where the files that a scenario names are looked for.
 */
#ifndef EXPERIMENTS_DATA_PATH_H
#define EXPERIMENTS_DATA_PATH_H

#include <glib.h>

typedef enum {
    DATA_COSTS,   /* <name>.ini: what the steps of the model cost */
    DATA_TRACES,  /* real captures */
    DATA_TARGETS, /* <name>.ini: published figures to validate against */
} DataKind;

/* The folder of what comes with hvmsim. Free with g_free. */
char *data_path_folder(DataKind kind);

/* The names of what comes with hvmsim, of char *, sorted; NULL and an error. */
GPtrArray *data_path_names(DataKind kind, GError **error);

/* The path of a file that one in the folder names, without a "./" more: "b/a.ini" for
 * "b" and "./a.ini"; as it is named for ".". Free with g_free. */
char *data_path_beside(const char *folder, const char *name);

/*
 * A name with a slash is a path, from the folder of the file that names it. A plain
 * name is tried there, then in the folder that comes with hvmsim, with the kind's
 * extension if it has none.
 * NULL and an error that says where it was looked for: EXPERIMENT_ERROR_IO for a path,
 * EXPERIMENT_ERROR_NAME for a plain name. beside: a folder. Free with g_free.
 */
char *data_path_find(DataKind kind, const char *name, const char *beside,
                     GError **error);

/* The same for what a user names outside of any file: what comes with hvmsim, whatever
 * the current folder happens to hold. A file there is meant by its path or its whole
 * name, and by a plain name that nothing else has. */
char *data_path_find_named(DataKind kind, const char *name, GError **error);

#endif
