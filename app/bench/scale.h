#pragma once
/** @file The case `config`: how long a configuration of 10,000 services takes, and its changes. */

#include "case.h"

/** Measured by the clock and by control's own time, not by walks. */
extern const struct bench_own bench_scale;
