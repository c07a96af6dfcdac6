import { describe, expect, it } from "vitest";
import { bandOf } from "../../../src/jobs/backtest/bandOf.ts";
import { bandSums } from "../../../src/jobs/backtest/bandSums.ts";
import { errorSums } from "../../../src/jobs/backtest/errorSums.ts";
import { addRuleOutcome, MARGINS, RULE_FIELDS } from "../../../src/jobs/backtest/ruleSums.ts";
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

/** Groups of each kind, and which of the values lie in them. */
type Holds = (lead: number, sensor: number, hour: number) => boolean;
const kinds: readonly (readonly [name: string, group: number, holds: Holds])[] = [
  ["all", 0, () => true],
  ["lead 1", groups.ofLead(1), (lead) => lead === 1],
  ["lead 2", groups.ofLead(2), (lead) => lead === 2],
  ["sensor s0", groups.ofSensor(0), (_, sensor) => sensor === 0],
  ["sensor s1", groups.ofSensor(1), (_, sensor) => sensor === 1],
  ["hour 4", groups.ofHour(4), (_lead, _sensor, hour) => hour === 4],
  ["hour 14", groups.ofHour(14), (_lead, _sensor, hour) => hour === 14],
];

/** Forty steps at two sensors, some of them missing, and forecasts from twenty origins, [origin][sensor][lead]. */
const draws = random(7);
const rows = names.map(() =>
  Array.from({ length: 40 }, (_, step) => (step % 11 === 5 ? missing : Math.round(20 * draws.uniform()))),
);
const drawn = dataOf(panelOf([rows], ["flow"]), { targets: ["flow"], horizonSteps: HORIZON });
const drawnOrigins = Int32Array.from({ length: 20 }, (_, k) => 10 + k);
const drawnValues = Float32Array.from({ length: 20 * 2 * HORIZON }, () => 20 * draws.uniform());

/** Every forecast of a group beside what came; NaN where nothing did. */
const pairsIn = (holds: Holds) =>
  Array.from(drawnOrigins, (origin, index) =>
    names.flatMap((_name, sensor) =>
      [1, 2].map((lead) => ({
        lead,
        sensor,
        holds: holds(lead, sensor, hourOf(origin + lead)),
        truth: rows[sensor]![origin + lead]!,
        forecast: drawnValues[(2 * index + sensor) * HORIZON + lead - 1]!,
      })),
    ),
  )
    .flat()
    .filter((pair) => pair.holds);
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

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

  it.each(kinds)("as the formulas say: %s", (_name, group, holds) => {
    const scales = [2, 5];
    const found = errorSums(drawn, drawnOrigins, { values: drawnValues }, 0, scales, groups, hourOf);
    const pairs = pairsIn(holds).filter(({ truth }) => !Number.isNaN(truth));
    const mean = (of: (pair: (typeof pairs)[number]) => number) => expect.closeTo(meanOf(pairs.map(of)), 9);
    expect(pairs.length).toBeGreaterThan(0);
    expect(valuesOf(errorScores(found, group))).toEqual({
      mae: mean(({ forecast, truth }) => Math.abs(truth - forecast)),
      rmse: expect.closeTo(Math.sqrt(meanOf(pairs.map(({ forecast, truth }) => (truth - forecast) ** 2))), 9),
      smape: mean(({ forecast, truth }) => (2 * Math.abs(truth - forecast)) / (truth + forecast)),
      mase: mean(({ forecast, sensor, truth }) => Math.abs(truth - forecast) / scales[sensor]!),
    });
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
  const readout = { minimum: -1000, maximum: 1000 };

  it.each(kinds)("score as the formulas say, value by value: %s", (_name, group, holds) => {
    const levels = [0.05, 0.25, 0.6, 0.9];
    const offsets = Float64Array.of(-6, -2, 1, 5, -7, -3, 2, 8);
    const sums = bandSums(
      drawn,
      drawnOrigins,
      { model: "ternary", values: drawnValues },
      0,
      { quantiles: levels, offsets },
      [0.05, 0.6, 0.9],
      readout,
      groups,
      hourOf,
    );
    const all = pairsIn(holds);
    let [absent, covered, width, winkler, pinball] = [0, 0, 0, 0, 0];
    for (const { forecast, lead, truth } of all) {
      if (Number.isNaN(truth)) {
        absent++;
        continue;
      }
      const quantile = (place: number) => forecast + offsets[4 * (lead - 1) + place]!;
      const [low, high] = [quantile(0), quantile(3)];
      if (low <= truth && truth <= high) covered++;
      width += high - low;
      winkler += high - low;
      if (truth < low) winkler += (low - truth) / 0.05;
      if (truth > high) winkler += (truth - high) / 0.1;
      const loss = (q: number, f: number) => Math.max(q * (truth - f), (q - 1) * (truth - f));
      pinball += (loss(0.5, forecast) + loss(0.05, low) + loss(0.6, quantile(2)) + loss(0.9, high)) / 4;
    }
    const count = all.length - absent;
    expect(count).toBeGreaterThan(0);
    expect(valuesOf(bandScores(sums, group))).toEqual({
      coverage: covered / count,
      width: expect.closeTo(width / count, 9),
      winkler: expect.closeTo(winkler / count, 9),
      pinball: expect.closeTo(pinball / count, 9),
      missing: absent / all.length,
    });
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
    "ternary, shielded": [0, 5, 1, 2, missing, 1],
    lower: [1, 4, 1, 1, 1, 1],
    upper: [-2, -1, -1, 1, missing, missing],
  };
  // The last three are those of a group of their own, too.
  const sums = new Float64Array(2 * RULE_FIELDS.length);
  margins.truth.forEach((_, index) => {
    const of = MARGINS.map((name) => margins[name][index]!);
    addRuleOutcome(sums, 0, [missing, ...of], 1);
    if (index >= 3) addRuleOutcome(sums, 1, of, 0);
  });
  const at = (group: number, model: string) =>
    valuesOf(ruleScores(sums, group).filter((score) => score.model === model));

  it("counts kept ones where they can be judged", () => {
    expect(at(0, "truth").satisfaction).toBe(2 / 5);
    expect(at(0, "ternary, shielded").satisfaction).toBe(1);
    expect(at(1, "truth").satisfaction).toBe(1 / 2);
  });

  it("holds foreseen violations against real ones", () => {
    // Forecast: right at 0, missed 1, wrong at 2, silent at 3; the rest is open.
    expect(at(0, "ternary")).toMatchObject({ precision: 1 / 2, recall: 1 / 2, f1: 1 / 2 });
    // Band: right at 0 and 1, wrong at 2, silent at 3.
    expect(at(0, "band")).toMatchObject({ precision: 2 / 3, recall: 1, f1: 4 / 5 });
    expect(at(1, "band")).toMatchObject({ precision: missing, recall: missing, f1: missing });
  });

  it("counts every origin once for each that is judged", () => {
    const open = RULE_FIELDS.indexOf("ternary: open");
    expect(sums[open]).toBe(1);
    expect(sums[RULE_FIELDS.length + open]).toBe(1);
  });
});
