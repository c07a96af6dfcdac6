import { expect, it } from "vitest";
import type { Alarm } from "../../src/jobs/Alarm.ts";
import { alarmScores } from "../../src/jobs/alarmScores.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const missing = Number.NaN;
const readout = {
  channel: "flow",
  unit: "veh/h",
  transform: "identity",
  gain: 1,
  quantum: 0.1,
  minimum: -1000,
  maximum: 1000,
} as const;
const above: Alarm = { name: "full", target: 0, side: "above", threshold: 10, missCost: 3, level: 0.75 };

// Origin 0 1 2 3 4 5; what is forecast from it is one step on: 12 8 11 missing 12 9.
const data = dataOf(panelOf([[[8, 12, 8, 11, missing, 12, 9, 15, 11]]], ["flow"]), {
  targets: ["flow"],
  horizonSteps: 2,
  trainSteps: 6,
});
const origins = Int32Array.of(0, 1, 2, 3, 4, 5);
/** Lead 1 and lead 2 of each origin. */
const values = Float32Array.of(11, 0, 11, 0, 9, 0, 20, 0, 20, 0, 9, 0);
/** [origin][level][lead] of the levels 0.25 and 0.75, around those medians. */
const quantiles = Float32Array.from([12, 11, 11, 20, 20, 9].flatMap((upper) => [5, 0, upper, 0]));
const none = { quantiles: [0.25, 0.75], offsets: new Float64Array(8) };

it("counts hits, misses and false alarms of quantile, median and persistence where both readings are there", () => {
  const set = { model: "ternary, shielded", values, quantiles } as const;
  const [summary] = alarmScores(data, origins, [above], set, none, [readout], [1]);
  expect(summary).toMatchObject({ channel: "flow", unit: "veh/h", level: 0.75, source: "learned" });
  // Judged: origins 0, 1, 2, 5, with readings 8, 12, 8, 12 and truths 12, 8, 11, 9.
  expect(summary!.rows).toEqual([
    {
      leadSteps: 1,
      judged: 4,
      events: 2,
      readers: [
        // 12, 11, 11, 9: hits at 0 and 2, false alarm at 1.
        { reader: "quantile", hits: 2, misses: 0, falseAlarms: 1, recall: 1, precision: 2 / 3, cost: 1 },
        // 11, 11, 9, 9: a hit at 0, a false alarm at 1, a miss at 2.
        { reader: "median", hits: 1, misses: 1, falseAlarms: 1, recall: 1 / 2, precision: 1 / 2, cost: 4 },
        // 8, 12, 8, 12: wrong four times.
        { reader: "persistence", hits: 0, misses: 2, falseAlarms: 2, recall: 0, precision: 0, cost: 8 },
      ],
    },
  ]);
});

it("reads the conformal quantile where nothing is learned, and the median where its level is that", () => {
  const set = { model: "ternary, shielded", values } as const;
  const shifted = { quantiles: [0.25, 0.75], offsets: Float64Array.of(-2, 2, 0, 0, 0, 0, 0, 0) };
  const [conformal, median] = alarmScores(
    data,
    origins,
    [above, { ...above, missCost: 1, level: 0.5 }],
    set,
    shifted,
    [readout],
    [1],
  );
  expect([conformal!.source, median!.source]).toEqual(["conformal", "median"]);
  // The medians 11, 11, 9, 9 and 2 on top: all above 10.
  expect(conformal!.rows[0]!.readers[0]).toMatchObject({ hits: 2, misses: 0, falseAlarms: 2 });
  const [quantile, own] = median!.rows[0]!.readers;
  expect({ ...quantile, reader: "median" }).toEqual(own);
});

it("watches what falls below as well", () => {
  const below: Alarm = { ...above, side: "below", level: 0.25 };
  const set = { model: "ternary, shielded", values, quantiles } as const;
  const [summary] = alarmScores(data, origins, [below], set, none, [readout], [1]);
  // Truths 8 and 9 are below 10; every lower quantile is 5.
  expect(summary!.rows[0]).toMatchObject({ events: 2 });
  expect(summary!.rows[0]!.readers[0]).toMatchObject({ hits: 2, misses: 0, falseAlarms: 2 });
});
