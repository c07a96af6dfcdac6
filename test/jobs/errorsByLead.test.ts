import { describe, expect, it } from "vitest";
import { errorsByLead } from "../../src/jobs/errorsByLead.ts";
import type { ForecastSet } from "../../src/jobs/ForecastSet.ts";
import { dataOf, panelOf } from "../train/smallData.ts";

const missing = Number.NaN;

describe("errorsByLead", () => {
  const data = dataOf(
    panelOf(
      [
        [
          [10, 12, 14, missing, 20],
          [1, missing, 3, 4, 5],
        ],
        [
          [0, 0, 0, 0, 0],
          [missing, missing, missing, missing, missing],
        ],
      ],
      ["flow", "temperature"],
    ),
    { targets: ["flow", "temperature"], horizonSteps: 2, trainSteps: 5 },
  );
  const origins = Int32Array.of(0, 1, 2);
  // By origin, then sensor: flow at lead 1 and 2, temperature at lead 1 and 2.
  const rows = [
    [13, 10, 1, -2, 9, 9, 9, 9],
    [14, 99, 0, 0, 99, 99, 9, 9],
    [99, 16, 3, 0, 4, 8, 9, 9],
  ];
  const values = Float32Array.from(rows.flat());
  const models: readonly ForecastSet[] = [
    { model: "float", values },
    { model: "persistence", values: new Float32Array(values.length) },
  ];
  const metrics = errorsByLead(data, origins, models, ["veh/h", "degC"]);

  it("averages over origins and sensors where origin and reading were both observed", () => {
    // Lead 1, sensor 0: 13 for 12, 14 for 14, (99 for a gap); sensor 1: (gap), (gap at the origin), 4 for 4.
    // Lead 2, sensor 0: 10 for 14, (99 for a gap), 16 for 20; sensor 1: 9 for 3, (gap at the origin), 8 for 5.
    expect(metrics[0]).toEqual({
      channel: "flow",
      unit: "veh/h",
      rows: [
        {
          leadSteps: 1,
          count: 3,
          models: [
            { model: "float", mae: 1 / 3, rmse: Math.sqrt(1 / 3) },
            { model: "persistence", mae: (12 + 14 + 4) / 3, rmse: Math.sqrt((144 + 196 + 16) / 3) },
          ],
        },
        {
          leadSteps: 2,
          count: 4,
          models: [
            { model: "float", mae: (4 + 4 + 6 + 3) / 4, rmse: Math.sqrt((16 + 16 + 36 + 9) / 4) },
            { model: "persistence", mae: (14 + 20 + 3 + 5) / 4, rmse: Math.sqrt((196 + 400 + 9 + 25) / 4) },
          ],
        },
      ],
    });
    expect(metrics[1]!.rows.map(({ models: [float] }) => [float!.mae, float!.rmse])).toEqual([
      [(1 + 0 + 3) / 3, Math.sqrt(10 / 3)],
      [2 / 3, Math.sqrt(4 / 3)],
    ]);
    expect(metrics[1]).toMatchObject({ channel: "temperature", unit: "degC" });
  });

  it("says NaN and a count of 0 where nothing was observed", () => {
    const silent = dataOf(panelOf([[[missing, missing, missing]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 1,
    });
    const [metric] = errorsByLead(
      silent,
      Int32Array.of(0, 1),
      [{ model: "ridge", values: new Float32Array(2) }],
      ["1"],
    );
    expect(metric!.rows).toEqual([
      { leadSteps: 1, count: 0, models: [{ model: "ridge", mae: missing, rmse: missing }] },
    ]);
  });
});
