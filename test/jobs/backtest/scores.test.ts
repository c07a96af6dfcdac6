import { describe, expect, it } from "vitest";
import { bandOf } from "../../../src/jobs/backtest/bandOf.ts";
import { bandSums } from "../../../src/jobs/backtest/bandSums.ts";
import { errorSums } from "../../../src/jobs/backtest/errorSums.ts";
import { RULE_FIELDS, ruleSums } from "../../../src/jobs/backtest/ruleSums.ts";
import { scoreGroups } from "../../../src/jobs/backtest/ScoreGroups.ts";
import { bandScores, errorScores, ruleScores } from "../../../src/jobs/backtest/scoresOfSums.ts";
import { seasonalScale } from "../../../src/jobs/backtest/seasonalScale.ts";
import { random } from "../../../src/series/random.ts";
import { dataOf, panelOf } from "../../train/smallData.ts";

const missing = Number.NaN;
const HORIZON = 2;
const names = ["s0", "s1"];
const groups = scoreGroups(HORIZON, names);
/** Any function of the step will do, as long as it tells the steps apart. */
const hourOf = (step: number): number => step % 24;

const valuesOf = (scores: readonly { readonly score: string; readonly value: number }[]) =>
  Object.fromEntries(scores.map(({ score, value }) => [score, value]));

describe("errors", () => {
  const data = dataOf(
    panelOf(
      [
        [
          [1, 10, missing, 4, 8],
          [0, 0, 2, 0, 6],
        ],
      ],
      ["flow"],
    ),
    { targets: ["flow"], horizonSteps: HORIZON, trainSteps: 4 },
  );
  // Origins 0 and 2; rows are [origin][sensor][lead].
  const origins = Int32Array.of(0, 2);
  const set = { values: Float32Array.of(7, 3, 0, 3, 5, 10, 2, 6) };
  const sums = errorSums(data, origins, set, 0, [2, missing], groups, hourOf);
  const at = (group: number) => valuesOf(errorScores(sums, group));

  it("of all values, by hand", () => {
    // s0: |7-10| = 3, no truth, |5-4| = 1, |10-8| = 2; s1: 0 (both 0), |3-2| = 1, |2-0| = 2, 0.
    expect(errorScores(sums, 0)).toEqual([
      { score: "mae", value: 9 / 7, count: 7 },
      { score: "rmse", value: Math.sqrt((9 + 1 + 4 + 1 + 4) / 7), count: 7 },
      {
        score: "smape",
        value: expect.closeTo((6 / 17 + 2 / 9 + 4 / 18 + 2 / 5 + 2) / 7, 12),
        count: 7,
      },
      // s1 has no scale.
      { score: "mase", value: (3 / 2 + 1 / 2 + 2 / 2) / 3, count: 3 },
    ]);
  });

  it("by lead, sensor and hour", () => {
    expect(at(groups.ofLead(1)).mae).toBe((3 + 1 + 0 + 2) / 4);
    expect(at(groups.ofLead(2)).mae).toBe((2 + 1 + 0) / 3);
    expect(at(groups.ofSensor(0)).mae).toBe((3 + 1 + 2) / 3);
    expect(at(groups.ofSensor(1))).toMatchObject({ mae: 3 / 4, mase: missing });
    expect(at(groups.ofHour(1)).mae).toBe((3 + 0) / 2);
    expect(at(groups.ofHour(2)).mae).toBe(1);
    expect(at(groups.ofHour(7)).mae).toBeNaN();
  });

  it("add over origins", () => {
    const parts = [0, 1].map((part) =>
      errorSums(
        data,
        origins.subarray(part, part + 1),
        { values: set.values.subarray(4 * part) },
        0,
        [2, missing],
        groups,
        hourOf,
      ),
    );
    sums.forEach((sum, place) => expect(parts[0]![place]! + parts[1]![place]!).toBeCloseTo(sum, 12));
  });

  it("are in units of the seasonal naive error in training", () => {
    // Pairs two apart: |4-1|, a gap, |9-4|; the last step is outside.
    expect(seasonalScale([1, missing, 4, 7, 9, 100], 2, 0, 5)).toBe(4);
    expect(seasonalScale([3, 5, 3, 5], 2, 0, 4)).toBeNaN();
    expect(seasonalScale([3, 5, 3, 5], 2, 2, 4)).toBeNaN();
  });
});

describe("quantiles", () => {
  const rowsOf = (count: number): [row: number, sensor: number][] =>
    Array.from({ length: count }, (_, row) =>
      names.map((_name, sensor): [number, number] => [row, sensor]),
    ).flat();
  const readout = { minimum: -1000, maximum: 1000 };

  it("score as the formulas say, value by value", () => {
    const draws = random(7);
    const steps = 40;
    const rows = names.map(() =>
      Array.from({ length: steps }, (_, step) =>
        step % 11 === 5 ? missing : Math.round(20 * draws.uniform()),
      ),
    );
    const data = dataOf(panelOf([rows], ["flow"]), { targets: ["flow"], horizonSteps: HORIZON });
    const origins = Int32Array.from({ length: 20 }, (_, k) => 10 + k);
    const values = Float32Array.from({ length: 20 * 2 * HORIZON }, () => Math.fround(20 * draws.uniform()));
    const levels = [0.05, 0.25, 0.6, 0.9];
    const issued = [0.05, 0.6, 0.9];
    const offsets = Float64Array.of(-6, -2, 1, 5, -7, -3, 2, 8);
    const sums = bandSums(
      data,
      origins,
      { model: "ternary", values },
      0,
      { quantiles: levels, offsets },
      issued,
      readout,
      groups,
      hourOf,
    );
    for (const lead of [1, 2]) {
      let [count, absent, covered, width, winkler, pinball] = [0, 0, 0, 0, 0, 0];
      for (const [row, sensor] of rowsOf(origins.length)) {
        const truth = rows[sensor]![origins[row]! + lead]!;
        if (Number.isNaN(truth)) {
          absent++;
          continue;
        }
        const median = values[(2 * row + sensor) * HORIZON + lead - 1]!;
        const quantile = (place: number) => median + offsets[4 * (lead - 1) + place]!;
        const [low, high] = [quantile(0), quantile(3)];
        count++;
        if (low <= truth && truth <= high) covered++;
        width += high - low;
        winkler += high - low;
        if (truth < low) winkler += (low - truth) / 0.05;
        if (truth > high) winkler += (truth - high) / 0.1;
        const loss = (q: number, f: number) => Math.max(q * (truth - f), (q - 1) * (truth - f));
        pinball += (loss(0.5, median) + loss(0.05, low) + loss(0.6, quantile(2)) + loss(0.9, high)) / 4;
      }
      expect(absent).toBeGreaterThan(0);
      expect(valuesOf(bandScores(sums, groups.ofLead(lead)))).toEqual({
        coverage: covered / count,
        width: expect.closeTo(width / count, 9),
        winkler: expect.closeTo(winkler / count, 9),
        pinball: expect.closeTo(pinball / count, 9),
        missing: absent / (count + absent),
      });
    }
  });

  it("has the interval score of a central band", () => {
    const alpha = 0.2;
    const { lowerLevel, upperLevel } = bandOf([0.1, 0.9], [0.1, 0.9]);
    expect(1 / lowerLevel).toBeCloseTo(2 / alpha, 12);
    expect(1 / (1 - upperLevel)).toBeCloseTo(2 / alpha, 12);
  });
});

describe("rules", () => {
  const margins = {
    truth: [-1, -2, 3, 0, missing, -4],
    ternary: [-1, 5, -1, 2, -3, missing],
    shielded: [0, 5, 1, 2, missing, 1],
    lower: [1, 4, 1, 1, 1, 1],
    upper: [-2, -1, -1, 1, missing, missing],
  };
  const hours = [0, 0, 0, 9, 9, 9];
  const sums = ruleSums(margins, hours);
  const at = (group: number, model: string) =>
    valuesOf(ruleScores(sums, group).filter((score) => score.model === model));

  it("counts kept ones where they can be judged", () => {
    expect(at(0, "truth").satisfaction).toBe(2 / 5);
    expect(at(0, "ternary, shielded").satisfaction).toBe(1);
    expect(at(10, "truth").satisfaction).toBe(1 / 2);
  });

  it("holds foreseen violations against real ones", () => {
    // Forecast: right at 0, missed 1, wrong at 2, silent at 3; the rest is open.
    expect(at(0, "ternary")).toMatchObject({ precision: 1 / 2, recall: 1 / 2, f1: 1 / 2 });
    // Band: right at 0 and 1, wrong at 2, silent at 3.
    expect(at(0, "band")).toMatchObject({ precision: 2 / 3, recall: 1, f1: 4 / 5 });
    expect(at(10, "band")).toMatchObject({ precision: missing, recall: missing, f1: missing });
  });

  it("counts every origin once for each that is judged", () => {
    const open = RULE_FIELDS.indexOf("ternary: open");
    expect(sums[open]).toBe(1);
    expect(sums[(1 + 9) * RULE_FIELDS.length + open]).toBe(1);
  });
});
