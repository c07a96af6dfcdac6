import { describe, expect, it } from "vitest";
import type { FoldSums } from "../../../src/jobs/backtest/FoldSums.ts";
import { BAND_FIELDS } from "../../../src/jobs/backtest/bandSums.ts";
import { ERROR_FIELDS } from "../../../src/jobs/backtest/errorSums.ts";
import { addRuleOutcome, RULE_FIELDS } from "../../../src/jobs/backtest/ruleSums.ts";
import { scoreGroups } from "../../../src/jobs/backtest/ScoreGroups.ts";
import { summariseBacktest } from "../../../src/jobs/backtest/summariseBacktest.ts";
import { renderBacktest } from "../../../src/report/backtest/renderBacktest.ts";

const SENSORS = ["bridge", "market", "station"];
const LEADS = 3;
const groups = scoreGroups(LEADS, SENSORS);
const models = ["persistence", "ternary", "ternary, shielded"] as const;
const all = Array.from({ length: groups.count }, (_, group) => group);

/** A hundred values in each group, an error of each that goes up with the group; nothing at hours before noon. */
const errors = (scale: number): number[] =>
  all.flatMap((group) => {
    const count = group >= groups.ofHour(0) && group < groups.ofHour(12) ? 0 : 100;
    const error = scale * (group + 1);
    return ERROR_FIELDS.map((field) => (/ount/.test(field) ? count : count * error));
  });
const band = all.flatMap(() => BAND_FIELDS.map((field) => (field === "count" ? 100 : 80)));
/** Broken three times at the market, one of them foreseen, and once at the bridge; nothing else is judged of sensors. */
const rule = (() => {
  const sums = new Float64Array(groups.count * RULE_FIELDS.length);
  const add = (group: number, truth: number, ternary: number): void =>
    addRuleOutcome(sums, group, [truth, ternary, 1, 1, ternary], 0);
  for (const group of [0, groups.ofLead(2), groups.ofHour(15), groups.ofSensor(1)]) {
    add(group, -1, -1);
    add(group, -1, 1);
    add(group, -1, 1);
    add(group, 1, 1);
  }
  add(groups.ofSensor(0), -1, 1);
  add(groups.ofSensor(2), 1, 1);
  return Array.from(sums);
})();
const fold = (number: number): FoldSums => ({
  fold: number,
  fingerprint: "0",
  artefact: "ab".repeat(32),
  trainedFromMs: 0,
  validatedFromMs: 86_400_000,
  firstOriginMs: (number + 1) * 86_400_000,
  lastOriginMs: (number + 2) * 86_400_000,
  origins: 24,
  horizonSteps: LEADS,
  sensors: SENSORS,
  models,
  targets: [{ channel: "no2", unit: "ug/m3", unscaled: [], errors: [3, 2, 1].map(errors), band }],
  band: { lower: 0.1, upper: 0.9 },
  rules: [
    { name: "clean_air", goal: false, sums: rule },
    { name: "never_tried", goal: true, sums: rule.map(() => 0) },
  ],
});
const backtest = {
  loaded: {
    card: { name: "streets", title: "Three <streets>" },
    panel: { zone: "UTC", stepMs: 3_600_000, sensors: SENSORS },
  },
  pipeline: { name: "tiny" },
} as unknown as Parameters<typeof summariseBacktest>[0];
const summary = summariseBacktest(backtest, [fold(1), fold(2)]);

describe("the page of a backtest", () => {
  const page = renderBacktest(summary);

  it("names the sensors with the largest errors, the largest first", () => {
    // Errors go up with the group, and a sensor's group with its place.
    expect(summary.targets[0]!.hardest.map(({ sensor }) => sensor)).toEqual(["station", "market", "bridge"]);
    const table = page.slice(page.indexOf('id="sensors-1"'));
    expect(table.indexOf("station")).toBeLessThan(table.indexOf("market"));
    expect(page).toContain("the 3 of 3 sensors with the largest MAE");
  });

  it("names the sensors at which a rule was broken most, and no others", () => {
    const [rules] = summary.rules;
    expect(rules!.mostBroken.map(({ scores, sensor }) => [sensor, scores.violations])).toEqual([
      ["market", 6],
      ["bridge", 2],
    ]);
    expect(rules!.mostBroken[0]!.scores).toMatchObject({ satisfaction: { truth: 1 / 4, ternary: 3 / 4 } });
    expect(rules!.mostBroken[0]!.scores.predictors[0]).toMatchObject({
      precision: 1,
      recall: 1 / 3,
      f1: 1 / 2,
    });
    expect(page).toContain("clean_air, market");
    expect(page).not.toContain("clean_air, station");
  });

  it("tells rules by the leads that they speak of, and draws those that something broke", () => {
    expect(summary.rules[0]!.byLead.map((scores) => scores?.violations)).toEqual([undefined, 6, undefined]);
    expect(summary.rules[0]!.byHour[15]!.violations).toBe(6);
    expect(page).toContain("clean_air: F1 by hour of the day");
    expect(page).not.toContain("never_tried: F1");
  });

  it("has no gap in its text and nothing from elsewhere", () => {
    expect(page).toContain("Three &lt;streets&gt;");
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object|<script|https?:\/\/(?!www\.w3\.org)/);
  });
});
