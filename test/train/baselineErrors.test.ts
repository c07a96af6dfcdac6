import { describe, expect, it } from "vitest";
import type { FeaturePlan } from "../../src/series/FeaturePlan.ts";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { dataOf, panelOf } from "./smallData.ts";

const missing = Number.NaN;

describe("baselineErrors", () => {
  const rows = [
    [0, 1, 3, missing, 10, 2],
    [5, missing, missing, 6, 6, 9],
  ];

  it("is the mean distance between reading and baseline by lead, over points that were both read", () => {
    const data = dataOf(panelOf([rows], ["flow"]), { targets: ["flow"], horizonSteps: 2, trainSteps: 6 });
    // Lead 1: |1-0| |3-1| |2-10| | |6-6| |9-6|; lead 2: |3-0| |10-3| | |9-6|; pairs with a gap are left out.
    expect(Array.from(baselineErrors(data, 0, 6))).toEqual([(1 + 2 + 8 + 0 + 3) / 5, (3 + 7 + 3) / 3]);
  });

  it("looks at its span alone", () => {
    const data = dataOf(panelOf([rows], ["flow"]), { targets: ["flow"], horizonSteps: 2, trainSteps: 6 });
    expect(Array.from(baselineErrors(data, 0, 3))).toEqual([1.5, 3]);
    const changed = { ...data, truth: data.truth.map((value, k) => (k % 6 < 3 ? value : 1e6)) };
    expect(baselineErrors(changed, 0, 3)).toEqual(baselineErrors(data, 0, 3));
  });

  it("compares with the season where the baseline is seasonal", () => {
    const data = dataOf(panelOf([[[0, 4, 1, 6, 3, 9]]], ["flow"]), {
      targets: ["flow"],
      baseline: { kind: "seasonal", periodSteps: 2 },
      horizonSteps: 3,
      trainSteps: 6,
    });
    // Differences over two steps: 1, 2, 2, 3. Lead 1 starts at origin 1, lead 2 at origin 0; lead 3 spans two
    // periods: |6-... | is none before step 4: |3-0|, |9-4|.
    expect(Array.from(baselineErrors(data, 0, 6))).toEqual([2, 2, 4]);
  });

  it("is never 0: a thousandth of the deviation at least, and 1 where nothing was read", () => {
    const stuck = dataOf(panelOf([[[7, 7, 7, 7, 7]]], ["flow"]), { targets: ["flow"], horizonSteps: 1 });
    expect(Array.from(baselineErrors(stuck, 0, 5))).toEqual([1e-3]);
    const stuckLog = dataOf(panelOf([[[7, 7, 7, 7, 7]]], ["flow"]), {
      targets: ["flow"],
      log: ["flow"],
      horizonSteps: 1,
    });
    expect(Array.from(baselineErrors(stuckLog, 0, 5))).toEqual([8e-3]);
    const silent = dataOf(panelOf([[[missing, missing, missing]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 1,
    });
    expect(Array.from(baselineErrors(silent, 0, 3))).toEqual([1]);
  });

  it("measures a linear baseline by its own forecast, in physical units", () => {
    const data = dataOf(panelOf([rows], ["flow"]), {
      targets: ["flow"],
      log: ["flow"],
      horizonSteps: 1,
      trainSteps: 6,
    });
    // Always ln 2 above the level now: twice the reading, plus 1.
    const weights = [[[0, 0, Math.LN2]]];
    const plan: FeaturePlan = {
      ...data.plan,
      baseline: { kind: "linear", lagSteps: 1, periodSteps: 2, weights },
    };
    // |1 - 1|, |3 - 3|, |2 - 21|, and of the second sensor |6 - 13|, |9 - 13|.
    expect(baselineErrors({ ...data, plan }, 0, 6)[0]).toBeCloseTo((0 + 0 + 19 + 7 + 4) / 5, 4);
  });
});
