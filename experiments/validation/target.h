/*
 * target.h - published figures as data: what a scenario should give, and who says so.
 *
 *     [target]
 *     title = ...
 *     source = who published it
 *     scenario = ../theft.ini
 *     kind = emergence
 *
 *     [row asleep-0.5ms]
 *     what = share of an attacker asleep for 0.5 ms of 10 ms
 *     measure = cpu of attacker1
 *     at = scheduler.name = credit-3.1, domain attacker.run = 9500us
 *     published = 95
 *     tolerance = 1%
 *
 * A row with `over` or `minus` compares two combinations of the scenario's sweep. One
 * without a measure says what hvmsim cannot express; one without a published figure is
 * a prediction. Each target has a plot.
 */
#ifndef EXPERIMENTS_VALIDATION_TARGET_H
#define EXPERIMENTS_VALIDATION_TARGET_H

#include "experiments/input/ini.h"
#include "experiments/validation/measure.h"

typedef enum {
    KIND_CALIBRATION, /* was given to the model: agreement proves nothing */
    KIND_EMERGENCE,   /* must come out by itself */
    KIND_BOUND,       /* a bound of sanity */
    KIND_PREDICTION,  /* nobody has published it */
} TargetKind;

typedef enum {
    RELATION_EQUAL,
    RELATION_AT_MOST,
    RELATION_AT_LEAST,
} Relation;

/* A measure in one combination of the sweep. */
typedef struct {
    const Measure *measure;
    char *subject;
    char *at; /* "KEY = TEXT, ..." that names the combination */
} Operand;

/* How a target's plot shows its rows. */
typedef enum {
    SHAPE_RATIOS, /* simulated : published, of any units */
    SHAPE_BARS,   /* rows of the first row's unit */
    SHAPE_CURVE,  /* rows that say their place on an axis, a line for each series */
} Shape;

typedef enum {
    FORMULA_VALUE,
    FORMULA_RATIO,
    FORMULA_DIFFERENCE,
} Formula;

typedef struct {
    char *name, *what;
    TargetKind kind;
    Formula formula;
    Operand first, second; /* second: of a ratio or difference */
    double divide_by;
    double published; /* NAN: nothing is */
    double tolerance; /* of the relative error */
    Relation relation;
    char *why;             /* it misses, or cannot be expressed */
    char *label;           /* in the plot; empty: what */
    char *series;          /* which line of a curve */
    double x;              /* place on a curve's axis; NAN: not on the curve */
    const IniGroup *group; /* borrowed from the target's file */
} TargetRow;

typedef struct {
    char *name; /* of the file, without .ini */
    char *title, *source;
    char *scenario; /* path */
    IniFile *file;
    GPtrArray *rows; /* of TargetRow, owned */

    Shape shape;
    char *x_title, *y_title;
    char *published_title; /* of what a curve is held against */
    double x_high;         /* end of the axis of bars; NAN: what they need */
    bool x_is_log, y_is_log;
} Target;

/* NULL and an error. */
Target *target_load(const char *path, GError **error);
void target_free(Target *target);

/* Whether hvmsim can express it. */
bool target_row_is_modelled(const TargetRow *row);
/* "C", "V", "S", "P". */
const char *target_kind_letter(TargetKind kind);
const char *target_row_unit(const TargetRow *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_free)

#endif
