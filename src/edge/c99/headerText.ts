import type { C99Shape } from "./exportC99.ts";

/** Multiplications of a step of all cells. */
export const productsPerStep = ({ cells, paddedInputs, paddedUnits, units }: C99Shape): number =>
  3 * units * (paddedInputs + paddedUnits + (cells - 1) * 2 * paddedUnits);

/** Multiplications of the head. */
export const productsPerReading = ({ hiddenUnits, inputs, outputs, units }: C99Shape): number =>
  (units + inputs) * (hiddenUnits + outputs) + hiddenUnits * outputs;

/** Text of the header: sizes first, because they decide whether a model fits a device. */
export const headerText = (
  shape: C99Shape,
  sizes: {
    readonly constantBytes: number;
    readonly weightBytes: number;
    readonly ruleBytes: number;
    readonly stateBytes: number;
    readonly workBytes: number;
    readonly readingsBytes: number;
  },
  parts: string,
): string => {
  const { cells, horizonSteps, inputs, name, origin, outputs, quantiles, sensors, targets, units } = shape;
  const upper = name.toUpperCase();
  const products = productsPerStep(shape);
  const readProducts = productsPerReading(shape);
  return `/*
 * ${name}: ${origin}
 *
 * Constant data ${sizes.constantBytes} bytes, of which ternary weights ${sizes.weightBytes} and rules ${sizes.ruleBytes}; state ${sizes.stateBytes} bytes${sizes.readingsBytes === 0 ? "" : `, readings ${sizes.readingsBytes} bytes`}.
 * Arrays on the stack take at most ${sizes.workBytes} bytes. A step multiplies and adds ${products} times, the head ${readProducts} times.
 *
 * No allocation, no float, no global state that changes: a state belongs to its caller, and calls with different
 * states may run at the same time. Integers equal those of the artefact's reference to the bit.
 */
#ifndef ORDINANCE_${upper}_H
#define ORDINANCE_${upper}_H

#include <stdint.h>

#define ${upper}_INPUTS ${inputs}
#define ${upper}_UNITS ${units}
#define ${upper}_CELLS ${cells}
#define ${upper}_TARGETS ${targets}
#define ${upper}_HORIZON ${horizonSteps}
/* Median first, then the quantiles ${quantiles.length === 0 ? "(none)" : quantiles.join(", ")}: each [target][lead]. */
#define ${upper}_BLOCKS ${quantiles.length + 1}
#define ${upper}_VALUES ${targets * horizonSteps}
#define ${upper}_OUTPUTS ${outputs}
#define ${upper}_CONSTANT_BYTES ${sizes.constantBytes}
${
  sensors === undefined
    ? ""
    : `#define ${upper}_SENSORS ${sensors}
/* Entries of a forecast of all sensors. */
#define ${upper}_FORECAST ${targets * sensors * horizonSteps}
`
}
/* Hidden states, one = 127, the lowest cell first. */
typedef struct {
  int8_t h[${upper}_CELLS][${upper}_UNITS];
} ${name}_state;

/* The state before the first step of a window: all zero. */
void ${name}_reset(${name}_state *state);

/* Moves on by one step. Features: one = 1024, kept within +-6144 by the caller. */
void ${name}_step(${name}_state *state, const int16_t features[${upper}_INPUTS]);

/*
 * Forecast from the state after the step of \`features\`, in quanta of each target, [block][target][lead]; quantiles
 * ascend, and the median lies between those below and above one half. Baselines, [target][lead], are in units of 1/256 quantum, or for a target on the scale log(1 + x) the exponent of two of (1 + reading) / quantum in
 * units of 2^-20.
 */
void ${name}_read(const ${name}_state *state, const int16_t features[${upper}_INPUTS],
                  const int32_t baselines[${upper}_VALUES], int32_t quanta[${upper}_OUTPUTS]);
${parts}
#endif
`;
};
