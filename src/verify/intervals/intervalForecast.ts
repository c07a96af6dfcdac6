import type { Artefact } from "../../edge/Artefact.ts";
import { readingQuanta } from "../../edge/front/readingQuanta.ts";
import { ruleSystemOf } from "../../edge/golden.ts";
import { planChannels, type Readings } from "../../series/features.ts";
import { type AffineBlock, boxRow, createAffineBlock, isPoint, nameRemainder } from "./AffineBlock.ts";
import { createIntervalHead } from "./intervalHead.ts";
import { createIntervalStep, type StepInput } from "./intervalStep.ts";
import { createPastBounds } from "./pastBounds.ts";
import type { ReadingBall } from "./ReadingBall.ts";
import { createRuleBounds, type SensorForecast } from "./ruleBounds.ts";
import { createSymbolTable, type SymbolTable } from "./SymbolTable.ts";
import { createWindowForms, stepUnknowns } from "./windowForms.ts";

/** What is known of every forecast of a ball of readings. */
export interface IntervalForecast {
  /** Quanta of the forecast without its shield lie between these, [target][sensor][lead]. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** One a rule: its robustness without the shield, in 1/unitsPerOne, is at least this. */
  readonly robustness: Float64Array;
}

/**
 * Bounds for the window that ends with the last step of the readings, of whose `newest` last steps every reading may move
 * by `quanta` quanta.
 */
export type IntervalForecaster = (readings: Readings, quanta: number, newest: number) => IntervalForecast;

/**
 * Makes the bounds of an artefact: of readings, features, baselines, cells, head, readout and rules, each a set that
 * holds every integer of the device for every window of the ball.
 *
 * @param capacity symbols of one sensor's forms; 0 for intervals alone. Memory and time grow with it
 */
export const createIntervalForecaster = (
  artefact: Pick<Artefact, "front" | "manifest" | "model" | "rules">,
  capacity: number,
): IntervalForecaster => {
  const { front, manifest, model } = artefact;
  const { features: plan, readouts: targets } = manifest;
  const { horizonSteps, inputs, tanh, units } = model;
  const sensors = plan.sensors.length;
  const system = ruleSystemOf(artefact);
  const ruleBounds = createRuleBounds(system);
  const pastBounds = createPastBounds(manifest.ruleChannels, planChannels(plan), sensors, system.pastSteps);
  const symbols = createSymbolTable(capacity);
  const boxes = createSymbolTable(0);
  const head = createIntervalHead(model, capacity);
  const room = stepUnknowns(front);
  const cells = [model, ...model.upper].map((weights, index) =>
    createIntervalStep(
      weights,
      tanh,
      index === 0 ? inputs : units,
      units,
      capacity,
      index === 0 ? room : capacity,
    ),
  );
  const states = cells.map(() => createAffineBlock(units, capacity));
  const baselines = createAffineBlock(targets.length * horizonSteps, capacity);
  const everyColumn = Int32Array.from({ length: capacity }, (_, column) => column);
  const forecasts = plan.sensors.map((): { quanta: AffineBlock; symbols: number } => ({
    quanta: createAffineBlock(targets.length * horizonSteps, capacity),
    symbols: 0,
  }));
  const quantumOf = quantaOfChannels(manifest);

  const walk = (readings: Readings, ball: ReadingBall): readonly SensorForecast[] => {
    const forms = createWindowForms(front, quantumOf, readings, ball);
    forecasts.forEach((forecast, sensor) => {
      let table = symbols;
      let x: StepInput | undefined;
      let isOver = false;
      symbols.clear();
      for (const state of states) clearBlock(state);
      for (let step = 0; step < plan.windowSteps; step++) {
        // Not before the next step: what the head reads of this one is still made of symbols.
        if (isOver) {
          table = boxes;
          for (const state of states) nameState(state, table);
        }
        table.makeRoom(states, room + 2 * states.length * units);
        const features = forms.step(sensor, step, table);
        x = features;
        states.forEach((state, cell) => {
          const below = states[cell - 1];
          const input =
            below === undefined ? features : { block: below, columns: everyColumn, symbols: table.count() };
          cells[cell]!.advance(input, state, table);
        });
        isOver = table === symbols && states.some(isSpent);
        for (const state of states) nameState(state, table);
      }
      forms.baselines(sensor, table, baselines);
      head(states.at(-1)!, x!, baselines, table.count(), forecast.quanta);
      forecast.symbols = table.count();
    });
    return forecasts;
  };

  /** Gives what is new of a state its symbols; without any, a state is its box. */
  const nameState = (state: AffineBlock, table: SymbolTable): void => {
    const spare = isPoint(state) ? -1 : table.reserve(units);
    for (let unit = 0; unit < units; unit++) {
      if (spare >= 0) nameRemainder(state, unit, spare + unit);
      else if (table === boxes) boxRow(state, unit, capacity, state.lower[unit]!, state.upper[unit]!);
    }
  };

  return (readings, quanta, newest) => {
    if (readings.steps < front.contextSteps) {
      throw new RangeError(
        `the window has ${readings.steps} steps; give it ${front.contextSteps} up to and including the origin`,
      );
    }
    const ball = { newest, radii: quantumOf.map((quantum) => quantum * quanta) };
    const origin = readings.steps - 1;
    const { dayNumber, minuteOfDay, weekday } = readings.clock;
    const fields = [minuteOfDay, weekday, dayNumber] as const;
    const bounds = walk(readings, ball);
    const robustness = ruleBounds(
      bounds,
      pastBounds(readings, ball),
      (field, step) => fields[field]![origin + step]!,
    );
    const lower = new Int32Array(system.variables);
    const upper = new Int32Array(system.variables);
    for (let variable = 0; variable < system.variables; variable++) {
      const row = Math.floor(variable / (horizonSteps * sensors)) * horizonSteps + (variable % horizonSteps);
      const { quanta: own } = bounds[Math.floor(variable / horizonSteps) % sensors]!;
      lower[variable] = own.lower[row]!;
      upper[variable] = own.upper[row]!;
    }
    return { lower, upper, robustness };
  };
};

/** Quantum of the readings of each channel of the plan; 1/256 of it is the step of the device. */
export const quantaOfChannels = (manifest: Artefact["manifest"]): readonly number[] =>
  manifest.readingQuanta ?? readingQuanta(manifest.features, manifest.readouts, manifest.ruleChannels);

/** A state whose unknowns of this step alone are this wide on average has lost what forms know beside boxes. */
const SPENT_REMAINDER = 16;

const isSpent = ({ remainder, rows }: AffineBlock): boolean =>
  remainder.reduce((sum, value) => sum + value, 0) > SPENT_REMAINDER * rows;

const clearBlock = (block: AffineBlock): void => {
  for (const values of [
    block.centre,
    block.coefficients,
    block.remainder,
    block.reach,
    block.lower,
    block.upper,
  ]) {
    values.fill(0);
  }
};
