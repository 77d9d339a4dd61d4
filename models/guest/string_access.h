/*
 * string_access.h - rep ins, outs, movs: one request for each page of the guest's
 * memory.
 *
 * Xen handles a string up to the end of the page in which the guest's buffer lies, an
 * element that straddles two pages alone; then the instruction exits again for the rest
 * (Xen 3.1, hvm/platform.c).
 */
#ifndef MODELS_STRING_ACCESS_H
#define MODELS_STRING_ACCESS_H

#include "models/workload.h"

/* Cuts the access to what one exit handles; how many elements are left for others. */
uint32_t string_cut(Activity *access);
/* What was cut is done: the access is for so many elements after it. */
void string_go_on(Activity *access, uint32_t elements_left);

#endif
