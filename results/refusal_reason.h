/*
 * refusal_reason.h - why an order of the toolstack is refused, in words.
 */
#ifndef RESULTS_REFUSAL_REASON_H
#define RESULTS_REFUSAL_REASON_H

/* Of the negative errno value that the order has given (models/machine/orders.h). */
const char *refusal_reason(int result);

#endif
