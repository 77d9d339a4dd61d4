/*
 * domain_life.h - what a scenario says of a domain's life, for the machine: when it is
 * created and destroyed, how long each life lasts, and what is done in it.
 */
#ifndef EXPERIMENTS_DOMAIN_LIFE_H
#define EXPERIMENTS_DOMAIN_LIFE_H

#include "experiments/scenario/scenario.h"

typedef struct DomainLife DomainLife;

/* NULL if the domain of that name, one of the group, is there from the beginning to the
 * end. Borrows both. */
DomainLife *domain_life_new(const Scenario *scenario, const ScenarioDomain *domain,
                            const char *name, uint64_t seed);
void domain_life_free(DomainLife *life);

const LifeParams *domain_life_params(const DomainLife *life);

#endif
