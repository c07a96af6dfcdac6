import { describe, expect, it } from "vitest";
import { arrayText } from "../../../src/edge/c99/arrayText.ts";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { createWindowForecaster } from "../../../src/edge/windowForecast.ts";
import { models, windowsOf } from "../hostileWindows.ts";
import { noBoard, runOnBoard } from "./runOnBoard.ts";
import { casesOf, expectedBytes, type ShieldCase, shieldSystems } from "./shieldCases.ts";

const modelProgram = (windows: ReturnType<typeof windowsOf>): string => `
${arrayText({ name: "steps_of", type: "int32_t", values: windows.map(({ steps }) => steps) })}
${arrayText({ name: "features_of", type: "int16_t", values: windows.flatMap(({ features }) => [...features]) })}
${arrayText({ name: "baselines_of", type: "int32_t", values: windows.flatMap(({ baselines }) => [...baselines]) })}
static void run(void) {
  static city_state state;
  static int32_t quanta[CITY_OUTPUTS];
  const int16_t *features = features_of;
  const int32_t *baselines = baselines_of;
  size_t window;
  for (window = 0; window < sizeof steps_of / sizeof steps_of[0]; window++) {
    int32_t step;
    int k;
    city_reset(&state);
    for (step = 0; step < steps_of[window]; step++) {
      city_step(&state, features);
      features += CITY_INPUTS;
    }
    city_read(&state, features - CITY_INPUTS, baselines, quanta);
    baselines += CITY_VALUES;
    for (k = 0; k < CITY_CELLS * CITY_UNITS; k++) say(state.h[k / CITY_UNITS][k % CITY_UNITS]);
    for (k = 0; k < CITY_OUTPUTS; k++) say(quanta[k]);
  }
}
`;

/** Says margins as two words each, the lower one first. */
const shieldProgram = (cases: readonly ShieldCase[]): string => `
#include <string.h>
${arrayText({ name: "now_of", type: "int32_t", values: cases.flatMap(({ clock }) => [...clock]) })}
${arrayText({ name: "forecast_of", type: "int32_t", values: cases.flatMap(({ forecast }) => [...forecast]) })}
${arrayText({ name: "lower_of", type: "int32_t", values: cases.flatMap(({ past }) => [...past.lower]) })}
${arrayText({ name: "upper_of", type: "int32_t", values: cases.flatMap(({ past }) => [...past.upper]) })}
${arrayText({ name: "known_of", type: "uint8_t", values: cases.flatMap(({ past }) => [...past.known]) })}
static const int32_t *now;
static int32_t clock_of(int32_t field, int32_t step) { return now[field] + step; }
static void say_margins(const int64_t *margins) {
  int rule;
  for (rule = 0; rule < CITY_RULES; rule++) {
    say((int32_t)(uint32_t)margins[rule]);
    say((int32_t)(margins[rule] >> 32));
  }
}
static void run(void) {
  static city_past past;
  static city_shield_work work;
  static city_shielded result;
  int each;
  int k;
  for (each = 0; each < ${cases.length}; each++) {
    now = now_of + 3 * each;
    memcpy(past.lower, lower_of + CITY_PAST * each, sizeof past.lower);
    memcpy(past.upper, upper_of + CITY_PAST * each, sizeof past.upper);
    memcpy(past.known, known_of + CITY_PAST * each, sizeof past.known);
    city_shield(forecast_of + CITY_FORECAST * each, &past, clock_of, &work, &result);
    say_margins(result.before);
    say_margins(result.after);
    for (k = 0; k < CITY_FORECAST; k++) say(result.forecast[k]);
    say((int32_t)result.changed);
    for (k = 0; k < CITY_RULES; k++) say(result.flag[k]);
    for (k = 0; k < CITY_COMPONENTS; k++) say(result.repair[k]);
    say(result.infeasible);
  }
}
`;

describe.skipIf(noBoard)(`on a Cortex-M4${noBoard ? ` (skipped: ${noBoard})` : ""}`, () => {
  it.each(models)("the model gives the integers of the reference: %s", (_, model) => {
    const windows = windowsOf(model, 24, 21);
    const forecast = createWindowForecaster(model);
    const expected = windows.flatMap(({ baselines, features }) => {
      const { quanta, state } = forecast(features, baselines);
      return [...state, ...quanta];
    });
    expect(runOnBoard(exportC99(model, "city", "a test"), modelProgram(windows))).toEqual(expected);
  });

  it.each(shieldSystems.map((each) => [each.name, each] as const))(
    "the shield repairs as the reference does: %s",
    (_, each) => {
      const cases = casesOf(each, 16, 5);
      const { bytes } = expectedBytes(each, cases);
      const words = 4 * each.system.rules.length + each.system.variables + 1;
      const record = bytes.length / cases.length;
      const expected = cases.flatMap((_unused, index) => {
        const own = bytes.subarray(index * record, (index + 1) * record);
        return [
          ...Array.from({ length: words }, (_word, word) => own.readInt32LE(4 * word)),
          ...own.subarray(4 * words),
        ];
      });
      expect(runOnBoard(exportC99(each.model, "city", "a test", each.system), shieldProgram(cases))).toEqual(
        expected,
      );
    },
    60_000,
  );
});
