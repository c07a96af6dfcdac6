import type { ReadingRows } from "./ReadingRows.ts";
import { type ResampleRule, stepOf, type StepGrid } from "./ResampleRule.ts";

/** What a panel of stored readings covers. */
export interface SpanShape {
  /** Channels of the panel as columns of the stored rows. */
  readonly channels: readonly number[];
  readonly sensors: number;
  readonly grid: StepGrid;
  /** Grid number of the first step. */
  readonly firstStep: number;
  readonly steps: number;
  readonly rule: ResampleRule;
}

/** Rows with the number of each one's sensor in the panel; -1 for sensors that are not in it. */
export interface SpanRows {
  readonly rows: ReadingRows;
  readonly sensorOf: ArrayLike<number>;
}

/**
 * Puts readings on the steps of a span by a resampling rule. The result depends on the set of readings alone: not on
 * their order, and not on how often one is given.
 */
export class SpanGrid {
  /** Channels x sensors x steps, time fastest; NaN where there is none. */
  readonly values: Float64Array;
  /** Rows of the panel's sensors whose instant lies in the span or counts for one of its steps. */
  rows = 0;
  /** Rows that the rule has no use for, and the first of them by sensor and instant. */
  offGrid = 0;
  offGridExample: { sensor: number; instantMs: number } | undefined;
  readonly #shape: SpanShape;
  /** Instant of the reading that a cell has (`nearest`, `last`), or how many it has (`mean`, `sum`). */
  readonly #origin: Float64Array;

  constructor(shape: SpanShape) {
    const cells = shape.channels.length * shape.sensors * shape.steps;
    this.#shape = shape;
    this.values = new Float64Array(cells).fill(NaN);
    const exact = shape.rule.by === "nearest" && shape.rule.toleranceMs === 0;
    this.#origin = exact ? new Float64Array(0) : new Float64Array(cells);
  }

  /** Instants that can count for the span, first (in) and last (out). */
  static reach(shape: SpanShape): { readonly fromMs: number; readonly toMs: number } {
    const { firstStep, grid, rule, steps } = shape;
    const first = firstStep * grid.stepMs + grid.phaseMs;
    const end = first + steps * grid.stepMs;
    if (rule.by === "nearest") {
      return { fromMs: first - rule.toleranceMs, toMs: end - grid.stepMs + rule.toleranceMs + 1 };
    }
    const back = rule.by === "last" ? Math.max(rule.toleranceMs, grid.stepMs) : grid.stepMs;
    return { fromMs: first - back, toMs: end - grid.stepMs + 1 };
  }

  /** Takes all rows of one UTC day; days are given in their order. */
  addDay(parts: readonly SpanRows[]): void {
    if (this.#shape.rule.by === "mean" || this.#shape.rule.by === "sum") this.#addUp(parts);
    else for (const { rows, sensorOf } of parts) this.#choose(rows, sensorOf);
  }

  #choose(rows: ReadingRows, sensorOf: ArrayLike<number>): void {
    const { channels, firstStep, grid, rule, sensors, steps } = this.#shape;
    for (let row = 0; row < rows.rows; row++) {
      const sensor = sensorOf[rows.sensors[row]!]!;
      if (sensor < 0) continue;
      const instant = rows.instants[row]!;
      const gridStep = stepOf(rule, grid, instant);
      if (Number.isNaN(gridStep)) {
        this.#noteOffGrid(sensor, instant);
        continue;
      }
      // A reading before the first step can still be held for it.
      let step = gridStep - firstStep;
      if (step >= steps) continue;
      const stepMs = (firstStep + Math.max(0, step)) * grid.stepMs + grid.phaseMs;
      if (rule.by === "last") {
        step = Math.max(0, step);
        if (stepMs - instant > rule.toleranceMs) continue;
      }
      if (step < 0) continue;
      this.rows++;
      for (let channel = 0; channel < channels.length; channel++) {
        const value = rows.values[channels[channel]!]![row]!;
        if (Number.isNaN(value)) continue;
        const cell = (channel * sensors + sensor) * steps + step;
        if (this.#origin.length > 0) {
          if (!Number.isNaN(this.values[cell]!) && !this.#beats(instant, this.#origin[cell]!, stepMs))
            continue;
          this.#origin[cell] = instant;
        }
        this.values[cell] = value;
      }
    }
  }

  #noteOffGrid(sensor: number, instantMs: number): void {
    const { firstStep, grid, steps } = this.#shape;
    const from = firstStep * grid.stepMs + grid.phaseMs;
    if (instantMs < from || instantMs >= from + steps * grid.stepMs) return;
    this.rows++;
    this.offGrid++;
    const known = this.offGridExample;
    if (
      known === undefined ||
      sensor < known.sensor ||
      (sensor === known.sensor && instantMs < known.instantMs)
    ) {
      this.offGridExample = { sensor, instantMs };
    }
  }

  /** Whether a reading counts before the one that a cell has. */
  #beats(instantMs: number, known: number, stepMs: number): boolean {
    if (this.#shape.rule.by === "last") return instantMs > known;
    const [own, other] = [Math.abs(instantMs - stepMs), Math.abs(known - stepMs)];
    return own < other || (own === other && instantMs < known);
  }

  /** Sums in the order of the instants, so that the rounding does not depend on the order of arrival. */
  #addUp(parts: readonly SpanRows[]): void {
    const { channels, firstStep, grid, rule, sensors, steps } = this.#shape;
    const order = parts.flatMap(({ rows, sensorOf }, part) =>
      Array.from({ length: rows.rows }, (_, row) => ({
        part,
        row,
        sensor: sensorOf[rows.sensors[row]!]!,
        instant: rows.instants[row]!,
      })).filter(({ sensor }) => sensor >= 0),
    );
    order.sort((a, b) => a.sensor - b.sensor || a.instant - b.instant);
    const taken = new Uint8Array(channels.length);
    for (const [at, { instant, part, row, sensor }] of order.entries()) {
      const before = order[at - 1];
      const again = before !== undefined && before.sensor === sensor && before.instant === instant;
      if (!again) taken.fill(0);
      const step = stepOf(rule, grid, instant) - firstStep;
      if (step < 0 || step >= steps) continue;
      if (!again) this.rows++;
      for (let channel = 0; channel < channels.length; channel++) {
        const value = parts[part]!.rows.values[channels[channel]!]![row]!;
        if (Number.isNaN(value) || taken[channel] === 1) continue;
        taken[channel] = 1;
        const cell = (channel * sensors + sensor) * steps + step;
        const first = this.#origin[cell] === 0;
        this.values[cell] = first ? value : this.values[cell]! + value;
        this.#origin[cell]!++;
      }
    }
  }

  /** To be called once all days are in. */
  finish(): Float64Array {
    const { grid, firstStep, rule, steps } = this.#shape;
    if (rule.by === "mean") {
      for (let cell = 0; cell < this.values.length; cell++) this.values[cell]! /= this.#origin[cell]!;
    }
    if (rule.by !== "last") return this.values;
    for (let cell = 0; cell < this.values.length; cell++) {
      const step = cell % steps;
      if (step === 0 || !Number.isNaN(this.values[cell]!) || Number.isNaN(this.values[cell - 1]!)) continue;
      const origin = this.#origin[cell - 1]!;
      if ((firstStep + step) * grid.stepMs + grid.phaseMs - origin > rule.toleranceMs) continue;
      this.values[cell] = this.values[cell - 1]!;
      this.#origin[cell] = origin;
    }
    return this.values;
  }
}
