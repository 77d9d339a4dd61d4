/*
 * suggest.h - what a misspelt word was probably meant to be.
 */
#ifndef MODELS_SUGGEST_H
#define MODELS_SUGGEST_H

#include <glib.h>

/* The word of the list (of char *, in order) that the fewest slips of the keyboard turn
 * text into; the first of equals. If even that is too far from it, the first word that
 * begins with text, if text has 3 characters or more; else NULL. Borrowed. */
const char *suggest_word(const char *text, const GPtrArray *words);

/* "credit, sedf (did you mean sedf?)", without the bracket if nothing is near. Free
 * with g_free. */
char *suggest_among(const char *text, const GPtrArray *words);

#endif
