import type { Artefact, GoldenCell, GoldenShield, GoldenWindow } from "./Artefact.ts";
import { ArtefactError } from "./ArtefactError.ts";
import { clamp } from "./fixedPoint.ts";
import type { IntegerFrontEnd } from "./front/IntegerFrontEnd.ts";
import { goldenReadings } from "./front/goldenReadings.ts";
import { createWindowQuanta } from "./front/windowQuanta.ts";
import { goldenClock, xorshift } from "./goldenRandom.ts";
import type { IntegerModel, IntegerReadout } from "./IntegerModel.ts";
import type { PastQuanta, RuleSystem } from "./RuleSystem.ts";
import { createRuleSystem } from "./RuleSystem.ts";
import { createShield } from "./shield.ts";
import { createWindowForecaster } from "./windowForecast.ts";

/** Steps of a cell case: 2 + seed mod 16, whatever the window of the forecaster. Short ones show weights that long
 * ones forget. */
const cellSteps = (seed: number): number => 2 + (seed % 16);

/** Input of a cell case: 2 + seed mod 16 steps of features (next mod 4096) - 2048, then baselines within the readout, in order. */
export const goldenCellInput = (
  model: IntegerModel,
  seed: number,
): { features: Int16Array; baselines: Int32Array } => {
  const next = xorshift(seed);
  const features = Int16Array.from({ length: cellSteps(seed) * model.inputs }, () => (next() % 4096) - 2048);
  const baselines = new Int32Array(model.readouts.length * model.horizonSteps);
  for (let index = 0; index < baselines.length; index++) {
    const readout = model.readouts[Math.floor(index / model.horizonSteps)]!;
    baselines[index] =
      readout.transform === "identity"
        ? 256 * (readout.minimum + (next() % (readout.maximum - readout.minimum + 1)))
        : next() % (10 * 2 ** 20);
  }
  return { features, baselines };
};

/**
 * Input of a shield case: for every channel and sensor a random walk through past and forecast that starts within
 * the range of its target (0..1000 for other channels) and moves by at most range / 2^(3 + seed mod 3) a step.
 */
const goldenShieldInput = (
  system: RuleSystem,
  readouts: readonly IntegerReadout[],
  stepMs: number,
  seed: number,
): { forecast: Int32Array; past: PastQuanta; clock: (field: number, step: number) => number } => {
  const next = xorshift(seed);
  const { sensors, horizonSteps, pastSteps, ruleChannels } = system;
  const lower = new Int32Array(ruleChannels.length * sensors * pastSteps);
  const forecast = new Int32Array(system.variables);
  for (let channel = 0; channel < ruleChannels.length; channel++) {
    const { minimum, maximum } = readouts[channel] ?? { minimum: 0, maximum: 1000 };
    const reach = Math.max(1, (maximum - minimum) >> (3 + (seed % 3)));
    for (let sensor = 0; sensor < sensors; sensor++) {
      const row = channel * sensors + sensor;
      let value = minimum + (next() % (maximum - minimum + 1));
      for (let step = 0; step < pastSteps + horizonSteps; step++) {
        value = clamp(value + (next() % (2 * reach + 1)) - reach, minimum, maximum);
        if (step < pastSteps) lower[row * pastSteps + step] = value;
        else if (channel < system.targets) forecast[row * horizonSteps + step - pastSteps] = value;
      }
    }
  }
  const clock = goldenClock(next, stepMs);
  return { forecast, past: { lower, upper: lower, known: new Uint8Array(lower.length).fill(1) }, clock };
};

/** Expected outputs of the cell cases of some seeds. */
export const makeGoldenCells = (model: IntegerModel, seeds: readonly number[]): GoldenCell[] => {
  const forecaster = createWindowForecaster(model);
  return seeds.map((seed) => {
    const { features, baselines } = goldenCellInput(model, seed);
    const { state, quanta } = forecaster(features, baselines);
    return { seed, state: Int8Array.from(state), quanta };
  });
};

/** Expected outputs of the shield cases of some seeds. */
export const makeGoldenShields = (
  system: RuleSystem,
  readouts: readonly IntegerReadout[],
  stepMs: number,
  seeds: readonly number[],
): GoldenShield[] => {
  const shield = createShield(system, readouts);
  return seeds.map((seed) => {
    const { forecast, past, clock } = goldenShieldInput(system, readouts, stepMs, seed);
    return { seed, quanta: shield(forecast, past, clock).forecast };
  });
};

/** Expected outputs of the window cases of some seeds; their inputs are `goldenReadings`. */
export const makeGoldenWindows = (
  model: IntegerModel,
  front: IntegerFrontEnd,
  stepMs: number,
  seeds: readonly number[],
): GoldenWindow[] => {
  const quantaOf = createWindowQuanta(model, front);
  return seeds.map((seed) => ({
    seed,
    quanta: quantaOf(goldenReadings(front, model.readouts, stepMs, seed), front.contextSteps - 1),
  }));
};

/**
 * Computes the golden cases of an artefact again.
 *
 * Throws an {@link ArtefactError} `golden-mismatch` naming the cases whose outputs differ: then this machine, or this
 * version of the runtime, does not compute what the artefact was proved with.
 */
export const checkGolden = (artefact: Artefact): void => {
  const { front, golden, manifest, model } = artefact;
  const system = ruleSystemOf(artefact);
  const cells = makeGoldenCells(
    model,
    golden.cells.map((cell) => cell.seed),
  );
  const shields = makeGoldenShields(
    system,
    model.readouts,
    manifest.features.stepMs,
    golden.shields.map((shield) => shield.seed),
  );
  const windows = makeGoldenWindows(
    model,
    front,
    manifest.features.stepMs,
    golden.windows.map((window) => window.seed),
  );
  const wrong = [
    ...cells
      .filter((cell, index) => {
        const expected = golden.cells[index]!;
        return !same(cell.state, expected.state) || !same(cell.quanta, expected.quanta);
      })
      .map((cell) => `cell case ${cell.seed}`),
    ...shields
      .filter((shield, index) => !same(shield.quanta, golden.shields[index]!.quanta))
      .map((shield) => `shield case ${shield.seed}`),
    ...windows
      .filter((window, index) => !same(window.quanta, golden.windows[index]!.quanta))
      .map((window) => `window case ${window.seed}`),
  ];
  if (wrong.length > 0) {
    throw new ArtefactError(
      "golden-mismatch",
      `${manifest.name} computes other outputs than when it was compiled (${wrong.join(", ")}); ` +
        "do not use it here: export it anew with this version and prove it",
    );
  }
};

/** The rules of an artefact as one graph. */
export const ruleSystemOf = (artefact: Pick<Artefact, "manifest" | "rules">): RuleSystem =>
  createRuleSystem(artefact.rules, {
    sensors: artefact.manifest.features.sensors.length,
    targets: artefact.manifest.readouts.length,
    horizonSteps: artefact.manifest.horizonSteps,
    ruleChannels: artefact.manifest.ruleChannels,
  });

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
};
