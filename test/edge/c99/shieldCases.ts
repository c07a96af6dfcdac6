import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { compileRule } from "../../../src/edge/compileRule.ts";
import type { IntegerModel } from "../../../src/edge/IntegerModel.ts";
import { createRuleSystem, type PastQuanta, type RuleSystem } from "../../../src/edge/RuleSystem.ts";
import { createShield, type ShieldOutcome } from "../../../src/edge/shield.ts";
import { type RuleTree, uniform, unrolled } from "../fixture.ts";
import { modelOf } from "../hostileWindows.ts";
import { written } from "./compileC.ts";

/** Rules in quanta of two forecast channels and one that is only read, and a model with the ranges that they are about. */
export interface ShieldSystem {
  readonly name: string;
  readonly model: IntegerModel;
  readonly system: RuleSystem;
  /** Share of the readings that are missing. */
  readonly missing: number;
  /** The reference takes as long for one window as for twenty of others. */
  readonly costly: boolean;
}

export interface ShieldCase {
  readonly forecast: Int32Array;
  readonly past: PastQuanta;
  /** Minute of day, weekday, day number at the origin. */
  readonly clock: readonly [number, number, number];
}

const CHANNELS = ["speed", "flow", "rain"];

const systemOf = (
  name: string,
  shape: {
    sensors: number;
    horizonSteps: number;
    maximum: number;
    margin: number;
    missing: number;
    costly?: boolean;
    ranges?: Readonly<Record<string, { readonly lower?: number; readonly upper?: number }>>;
  },
  enforced: readonly RuleTree[],
  watched: readonly RuleTree[] = [],
): ShieldSystem => {
  const { horizonSteps, margin, maximum, missing, sensors } = shape;
  const small = modelOf({ units: 1, hiddenUnits: 1, horizonSteps, seed: 1 }, 8);
  const site = {
    channels: CHANNELS,
    ruleChannels: CHANNELS.map((channel) => ({
      channel,
      quantum: 1,
      holdSteps: 0,
      ...shape.ranges?.[channel],
    })),
    targets: small.readouts.length,
    sensors,
    horizonSteps,
  };
  const rules = [...enforced, ...watched].map((tree, index) =>
    compileRule(
      { unrolled: unrolled(`rule ${index}`, tree), text: "", enforced: index < enforced.length, margin },
      site,
    ),
  );
  return {
    name,
    model: { ...small, readouts: small.readouts.map((readout) => ({ ...readout, minimum: 0, maximum })) },
    system: createRuleSystem(rules, site),
    missing,
    costly: shape.costly ?? false,
  };
};

type TermOf = readonly [coefficient: number, channel: number, sensor: number, step: number];

/** sum(coefficient * value) + constant >= 0. */
const leaf = (constant: number, ...terms: TermOf[]): RuleTree => ({ leaf: terms, constant });
const upTo = (steps: number): number[] => Array.from({ length: steps }, (_, index) => index + 1);
const limit = (sensor: number, steps: number, lower: number, upper: number): RuleTree => ({
  all: upTo(steps).flatMap((step) => [
    leaf(-lower, [1, 0, sensor, step]),
    leaf(upper, [-1, 0, sensor, step]),
  ]),
});
const ramp = (sensor: number, steps: number, most: number): RuleTree => ({
  all: upTo(steps).flatMap((step) =>
    [1, -1].map((sign) => leaf(most, [sign, 0, sensor, step], [-sign, 0, sensor, step - 1])),
  ),
});
/** Whenever the channel is below `low`, it is at `enough` again within some steps. */
const recovery = (sensor: number, steps: number, within: number, low: number, enough: number): RuleTree => ({
  all: upTo(steps - within).map((step) => ({
    any: [
      leaf(-low, [1, 0, sensor, step]),
      ...upTo(within).map((later) => leaf(-enough, [1, 0, sensor, step + later])),
    ],
  })),
});
/** `channel >= held` until `channel <= reached`, from the first step on. */
const until = (sensor: number, steps: number, held: number, reached: number): RuleTree => {
  const from = (step: number): RuleTree => {
    const arrived = leaf(reached, [-1, 1, sensor, step]);
    return step === steps
      ? arrived
      : { any: [arrived, { all: [leaf(-held, [1, 1, sensor, step]), from(step + 1)] }] };
  };
  return from(1);
};
const hours = (step: number, lower: number, upper: number): RuleTree => ({
  clock: { field: "minuteOfDay", step, lower, upper },
});
/** Conjunctions, choices and quorums of relations at random, as deep as `depth`. */
const grown = (random: () => number, depth: number): RuleTree => {
  const pick = (most: number): number => Math.floor(random() * (most + 1));
  const sign = (): number => (random() < 0.5 ? -1 : 1);
  if (depth === 0)
    return leaf(
      pick(14) - 9,
      [sign() * (1 + pick(2)), 0, pick(1), 1 + pick(2)],
      [sign(), pick(1), pick(1), pick(3)],
    );
  const children = Array.from({ length: 2 + pick(1) }, () => grown(random, depth - 1));
  const kind = pick(4);
  if (kind === 0) return { all: children };
  return kind < 4 ? { any: children } : { atLeast: 2, of: children };
};
const grove = (seed: number, trees: number): RuleTree[] => {
  const random = uniform(seed);
  return Array.from({ length: trees }, () => grown(random, 4));
};
const four = [0, 1, 2, 3];
const seven = [0, 1, 2, 3, 4, 5, 6];

/** Rules of every kind, from the size of a controller's to a puzzle that no search within the bounds solves. */
export const shieldSystems: readonly ShieldSystem[] = [
  systemOf(
    "limits, ramps and a recovery",
    { sensors: 1, horizonSteps: 24, maximum: 200, margin: 2, missing: 0.05 },
    [limit(0, 24, 5, 150), ramp(0, 24, 12), recovery(0, 24, 5, 15, 30)],
  ),
  systemOf(
    "until and eventually",
    { sensors: 2, horizonSteps: 8, maximum: 60, margin: 3, missing: 0 },
    [
      until(0, 8, 30, 5),
      until(1, 8, 20, 20),
      ramp(0, 8, 9),
      { any: upTo(8).map((step) => leaf(-50, [1, 0, 0, step])) },
      { any: upTo(8).map((step) => leaf(3, [-1, 0, 0, step], [-1, 0, 1, step])) },
      recovery(1, 8, 2, 10, 40),
    ],
    [{ all: [leaf(0, [1, 0, 0, 1], [-1, 0, 1, 1])] }],
  ),
  systemOf("a quorum of sensors", { sensors: 4, horizonSteps: 4, maximum: 50, margin: 1, missing: 0.02 }, [
    {
      atLeast: 3,
      of: four.map((sensor) => ({ all: upTo(4).map((step) => leaf(-30, [1, 0, sensor, step])) })),
    },
    {
      all: four.flatMap((sensor) =>
        upTo(4).map((step) => ({
          any: [leaf(20, [-1, 0, sensor, step]), leaf(25, [-1, 1, sensor, step])],
        })),
      ),
    },
    { atLeast: 2, of: four.map((sensor) => leaf(10, [-1, 1, sensor, 4], [1, 1, (sensor + 1) % 4, 4])) },
    leaf(-400, [1, 1, 0, 1], [9, 1, 1, 1], [2, 1, 2, 1], [4, 1, 3, 1], [1, 1, 0, 2], [3, 1, 1, 2]),
    { all: upTo(4).map((step) => leaf(-90, ...four.map((sensor): TermOf => [1, 0, sensor, step]))) },
    { atLeast: 2, of: four.map((sensor) => ramp(sensor, 4, 6)) },
  ]),
  systemOf(
    "relations, clock and missing readings",
    {
      sensors: 3,
      horizonSteps: 5,
      maximum: 40,
      margin: 2,
      missing: 0.25,
      ranges: { flow: { lower: 2, upper: 30.5 }, rain: { lower: 0 } },
    },
    [
      { all: upTo(5).map((step) => leaf(4, [-1, 0, 0, step], [2, 1, 0, step], [-1, 0, 1, step])) },
      { all: upTo(5).map((step) => leaf(15, [-1, 1, 2, step], [1, 0, 1, step - 1])) },
      {
        all: upTo(5).map((step) => ({
          any: [hours(step, 0, 700), leaf(-25, [1, 0, 0, step]), leaf(12, [-1, 2, 0, 0])],
        })),
      },
      { any: [leaf(-30, [1, 2, 1, 0]), { all: [leaf(-20, [1, 2, 2, -1]), leaf(6, [-1, 1, 2, 1])] }] },
      {
        any: [{ all: [hours(0, 300, 900), leaf(9, [-3, 0, 2, 5], [1, 2, 0, -1])] }, leaf(-38, [1, 0, 2, 4])],
      },
    ],
  ),
  systemOf(
    "ramps of a mean of which parts are missing",
    {
      sensors: 4,
      horizonSteps: 3,
      maximum: 40,
      margin: 2,
      missing: 0.3,
      ranges: { speed: { lower: 0, upper: 35 }, flow: { upper: 20 } },
    },
    [
      {
        all: upTo(3).flatMap((step) =>
          [1, -1].map((sign) =>
            leaf(
              9,
              ...four.flatMap((sensor): TermOf[] => [
                [sign, 0, sensor, step],
                [-sign, 0, sensor, step - 1],
              ]),
            ),
          ),
        ),
      },
      ...four.flatMap((sensor) => [limit(sensor, 3, 12, 38), ramp(sensor, 3, 25)]),
      { all: four.map((sensor) => leaf(10, [-1, 1, sensor, 1], [1, 1, sensor, 0])) },
    ],
  ),
  systemOf("sums of 64 bits", { sensors: 2, horizonSteps: 3, maximum: 4000, margin: 900, missing: 0.1 }, [
    { all: upTo(3).map((step) => leaf(-3_000_000, [997, 0, 0, step], [1009, 0, 1, step])) },
    { all: upTo(3).map((step) => leaf(500_000, [-991, 0, 0, step], [983, 0, 0, step - 1])) },
    { all: upTo(3).map((step) => leaf(3_500_000, [-1001, 1, 0, step], [13, 0, 1, step])) },
  ]),
  systemOf(
    "seven in seven or six",
    { sensors: 7, horizonSteps: 1, maximum: 6, margin: 0, missing: 0, costly: true },
    [
      {
        all: seven.flatMap((one) =>
          seven
            .filter((other) => other > one)
            .map((other): RuleTree => ({
              any: [leaf(-1, [1, 0, one, 1], [-1, 0, other, 1]), leaf(-1, [-1, 0, one, 1], [1, 0, other, 1])],
            })),
        ),
      },
      // With a six there is room for seven, else for six.
      { any: [leaf(-3, [1, 2, 0, 0]), { all: seven.map((sensor) => leaf(5, [-1, 0, sensor, 1])) }] },
    ],
  ),
  ...[[8, 9] as const, [9, 10] as const].map(([seed, trees]) =>
    systemOf(
      `trees at random from ${seed}`,
      { sensors: 2, horizonSteps: 3, maximum: 12, margin: 1, missing: 0.05 },
      grove(seed, trees),
    ),
  ),
  // Every value is an option, but two for what they make of another entry: how many are taken back depends on the window.
  systemOf("two values of many", { sensors: 1, horizonSteps: 1, maximum: 560, margin: 0, missing: 0.02 }, [
    { all: [leaf(0, [1, 0, 0, 1], [-540, 1, 0, 1]), leaf(0, [-1, 0, 0, 1], [540, 1, 0, 1])] },
    {
      any: [0, ...upTo(560)].map((value) => ({
        all: [leaf(-value, [1, 0, 0, 1]), leaf(value, [-1, 0, 0, 1])],
      })),
    },
  ]),
  // Two leaves that contradict each other narrow by one at a time: the rain decides whether 50,000 visits last for a proof.
  systemOf(
    "a race",
    { sensors: 1, horizonSteps: 1, maximum: 66_665, margin: 0, missing: 0.05, costly: true },
    [
      leaf(-1, [1, 0, 0, 1], [-1, 1, 0, 1]),
      leaf(-1, [-1, 0, 0, 1], [1, 1, 0, 1]),
      leaf(0, [1, 0, 0, 1], [-1, 2, 0, 0]),
      { any: upTo(12).map((value) => leaf(-value, [1, 0, 0, 1])) },
    ],
  ),
];

/** Windows of noise, walks, constants, extremes and alternation. */
export const casesOf = (
  { missing, model, system }: ShieldSystem,
  count: number,
  seed: number,
): ShieldCase[] => {
  const random = uniform(seed);
  const { horizonSteps, pastSteps, sensors } = system;
  return Array.from({ length: count }, (_, index): ShieldCase => {
    const rows = system.ruleChannels.length * sensors;
    const lower = new Int32Array(rows * pastSteps);
    const forecast = new Int32Array(system.variables);
    for (let row = 0; row < rows; row++) {
      const { maximum } = model.readouts[Math.floor(row / sensors)] ?? { maximum: 40 };
      let value = Math.floor(random() * (maximum + 1));
      const reach = maximum * [0.05, 0.2, 1, 0, 0.5, 0.1][index % 6]!;
      for (let step = 1 - pastSteps; step <= horizonSteps; step++) {
        value = Math.min(maximum, Math.max(0, Math.round(value + (2 * random() - 1) * reach)));
        if (index % 12 === 4) value = random() < 0.5 ? 0 : maximum;
        if (index % 12 === 5) value = step % 2 === 0 ? 0 : maximum;
        if (step <= 0) lower[(row + 1) * pastSteps - 1 + step] = value;
        else if (row < system.targets * sensors) forecast[row * horizonSteps + step - 1] = value;
      }
    }
    return {
      forecast,
      past: {
        lower,
        upper: lower.map((value) => value + (random() < 0.2 ? 1 : 0)),
        known: Uint8Array.from(lower, () => (random() < missing ? 0 : 1)),
      },
      clock: [Math.floor(random() * 1440), 1 + Math.floor(random() * 7), Math.floor(random() * 20_000)],
    };
  });
};

export const bytesOfCases = (cases: readonly ShieldCase[]): Buffer =>
  Buffer.concat(
    cases.flatMap(({ clock, forecast, past }) =>
      [Int32Array.from(clock), forecast, past.lower, past.upper, past.known].map((values) =>
        Buffer.from(values.buffer),
      ),
    ),
  );

/** In the order of their numbers in C. */
export const FLAGS = ["satisfied", "restored", "failed", "unjudged"];
export const REPAIRS = ["none", "swept", "searched", "without-margin", "given-up", "impossible"];
const LARGEST = 2n ** 63n - 1n;
const margin = (value: number): bigint =>
  value === Infinity ? LARGEST : value === -Infinity ? -LARGEST : BigInt(value);

/** What the driver below writes for these cases, by the reference. */
export const expectedBytes = (
  { model, system }: ShieldSystem,
  cases: readonly ShieldCase[],
): { bytes: Buffer; outcomes: ShieldOutcome[] } => {
  const shield = createShield(system, model.readouts);
  const outcomes = cases.map(({ clock, forecast, past }) =>
    shield(forecast, past, (field, step) => clock[field]! + step),
  );
  const bytes = outcomes.flatMap(({ changed, forecast, infeasible, repairs, verdicts }) => [
    Buffer.from(BigInt64Array.from(verdicts, ({ before }) => margin(before)).buffer),
    Buffer.from(BigInt64Array.from(verdicts, ({ after }) => margin(after)).buffer),
    Buffer.from(forecast.buffer),
    Buffer.from(Uint32Array.of(changed).buffer),
    Buffer.from(verdicts.map(({ flag }) => FLAGS.indexOf(flag))),
    Buffer.from(repairs.map((each) => REPAIRS.indexOf(each))),
    Buffer.from([infeasible ? 1 : 0]),
  ]);
  return { bytes: Buffer.concat(bytes), outcomes };
};

/** Reads cases on stdin, writes every field of the result. Working memory starts full of rubbish. */
const DRIVER = `#include "city.h"
#include <stdio.h>
#include <string.h>
static int32_t now[3];
static int32_t clock_of(int32_t field, int32_t step) { return now[field] + step; }
#define SAY(field) fwrite(&(field), sizeof(field), 1, stdout)
int main(void) {
  static int32_t forecast[CITY_FORECAST];
  static city_past past;
  static city_shield_work work;
  static city_shielded result;
  memset(&work, 0xa5, sizeof work);
  while (fread(now, sizeof now, 1, stdin) == 1) {
    if (fread(forecast, sizeof forecast, 1, stdin) != 1) return 1;
    if (fread(past.lower, sizeof past.lower, 1, stdin) != 1) return 1;
    if (fread(past.upper, sizeof past.upper, 1, stdin) != 1) return 1;
    if (fread(past.known, sizeof past.known, 1, stdin) != 1) return 1;
    city_shield(forecast, &past, clock_of, &work, &result);
    SAY(result.before);
    SAY(result.after);
    SAY(result.forecast);
    SAY(result.changed);
    SAY(result.flag);
    SAY(result.repair);
    SAY(result.infeasible);
  }
  return 0;
}
`;

/** Compiles the shield with the driver and gives what runs cases through it. */
export const compiledShield = (
  { model, system }: ShieldSystem,
  flags: readonly string[],
): ((input: Uint8Array) => Buffer) => {
  const folder = written("city", exportC99(model, "city", "a test", system));
  writeFileSync(join(folder, "driver.c"), DRIVER);
  const program = join(folder, "driver");
  execFileSync("gcc", [...flags, "-o", program, join(folder, "city.c"), join(folder, "driver.c")]);
  return (input) => execFileSync(program, { input, maxBuffer: 2 ** 30 });
};
