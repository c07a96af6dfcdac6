import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadingRows } from "../../../src/ingest/store/ReadingRows.ts";
import type { ResampleRule } from "../../../src/ingest/store/ResampleRule.ts";
import { SpanGrid, type SpanShape } from "../../../src/ingest/store/SpanGrid.ts";

const STEP = 100;
const STEPS = 6;
const FIRST = 3;

interface Reading {
  readonly instant: number;
  readonly value: number;
}

/** What the docs say of each rule, one step at a time, over all readings. */
const naive = (rule: ResampleRule, readings: readonly Reading[], step: number): number => {
  const at = (FIRST + step) * STEP;
  const sorted = [...readings].sort((a, b) => a.instant - b.instant);
  const values = (chosen: readonly Reading[]): number[] => chosen.map(({ value }) => value);
  const since = sorted.filter(({ instant }) => instant > at - STEP && instant <= at);
  switch (rule.by) {
    case "nearest": {
      // A reading counts for the one step that it is nearest to.
      const own = sorted.filter(
        ({ instant }) =>
          Math.abs(instant - at) <= rule.toleranceMs && instant > at - STEP / 2 && instant <= at + STEP / 2,
      );
      own.sort((a, b) => Math.abs(a.instant - at) - Math.abs(b.instant - at) || a.instant - b.instant);
      return own[0]?.value ?? NaN;
    }
    case "last":
      return (
        values(sorted.filter(({ instant }) => instant <= at && at - instant <= rule.toleranceMs)).at(-1) ??
        NaN
      );
    case "mean":
      return since.length === 0 ? NaN : values(since).reduce((sum, value) => sum + value) / since.length;
    case "sum":
      return since.length === 0 ? NaN : values(since).reduce((sum, value) => sum + value);
  }
};

const gridOf = (rule: ResampleRule, readings: readonly Reading[]): number[] => {
  const shape: SpanShape = {
    channels: [0],
    sensors: 1,
    grid: { stepMs: STEP, phaseMs: 0 },
    firstStep: FIRST,
    steps: STEPS,
    rule,
  };
  const rows = new ReadingRows(1);
  for (const { instant, value } of readings) rows.values[0]![rows.add(0, instant)] = value;
  const grid = new SpanGrid(shape);
  const { fromMs, toMs } = SpanGrid.reach(shape);
  for (const { instant } of readings.filter((reading) => !Number.isNaN(naiveUse(rule, reading)))) {
    expect(instant).toBeGreaterThanOrEqual(fromMs);
    expect(instant).toBeLessThan(toMs);
  }
  grid.addDay([{ rows, sensorOf: [0] }]);
  return Array.from(grid.finish());
};

/** A number where a reading alone shows up in the span. */
const naiveUse = (rule: ResampleRule, reading: Reading): number => {
  for (let step = 0; step < STEPS; step++) {
    const value = naive(rule, [reading], step);
    if (!Number.isNaN(value)) return value;
  }
  return NaN;
};

describe("readings on a grid", () => {
  const rules = fc.oneof(
    fc.record({ by: fc.constant("nearest" as const), toleranceMs: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ by: fc.constant("last" as const), toleranceMs: fc.integer({ min: 0, max: 350 }) }),
    fc.constant({ by: "mean" as const, toleranceMs: 0 }),
    fc.constant({ by: "sum" as const, toleranceMs: 0 }),
  );
  const instants = fc.oneof(
    fc.integer({ min: 0, max: 12 * STEP }),
    fc.integer({ min: 0, max: 24 }).map((half) => (half * STEP) / 2),
  );
  const readings = fc.uniqueArray(
    fc.record({ instant: instants, value: fc.double({ min: -9, max: 9, noNaN: true }) }),
    {
      selector: ({ instant }) => instant,
      maxLength: 30,
    },
  );

  it("are what each rule says, whatever their order and however often each is given", () => {
    fc.assert(
      fc.property(rules, readings, fc.integer(), (rule, given, seed) => {
        const expected = Array.from({ length: STEPS }, (_, step) => naive(rule, given, step));
        expect(gridOf(rule, given)).toEqual(expected);
        const again = [...given, ...given.slice(0, 5)].sort(
          (a, b) => ((a.instant * 31 + seed) % 7) - ((b.instant * 31 + seed) % 7),
        );
        expect(gridOf(rule, again)).toEqual(expected);
      }),
    );
  });
});
