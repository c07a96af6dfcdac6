import { judgeForecasts } from "../train/judgeForecasts.ts";
import type { ColumnTable } from "./ColumnTable.ts";
import type { IssueBasis } from "./IssueBasis.ts";
import type { IssuedQuantiles } from "./issueQuantiles.ts";
import { quantileLevels } from "./quantileLevels.ts";

/**
 * The forecast from the last reading as a table: the shielded forecast as quantile 0.5, and the calibrated
 * quantiles that the pipeline asks for around it, each with the smallest robustness of the enforced rules on that
 * quantile's forecast, in units of each rule's scale (null where it could not be judged).
 *
 * The quantile 0.5 is the one that the rules are enforced on; the others may break them, and their margin says so.
 */
export const issueForecast = (basis: IssueBasis, issued: IssuedQuantiles): ColumnTable => {
  const { data, panel } = basis;
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const { origin } = issued;
  const quantiles = [...quantileLevels(basis.pipeline).issued, 0.5].sort((a, b) => a - b);
  const enforced = basis.rules.filter((rule) => !rule.goal);

  const paths = quantiles.map((quantile) => {
    const values = issued.quantiles[issued.levels.indexOf(quantile)] ?? issued.median;
    const tallies = judgeForecasts(data, enforced, Int32Array.of(origin), (_, sensor) =>
      values.subarray(sensor * width, (sensor + 1) * width),
    );
    const margins = tallies.map((tally, rule) => tally.margins[0]! / enforced[rule]!.scale);
    return { quantile, values, margin: margins.length === 0 ? Number.NaN : Math.min(...margins) };
  });

  const rows = data.sensors * width * paths.length;
  const sensor = new Int32Array(rows);
  const channel = new Int32Array(rows);
  const issuedAt = new Float64Array(rows);
  const validAt = new Float64Array(rows);
  const quantile = new Float64Array(rows);
  const value = new Float64Array(rows);
  const margin = new Float64Array(rows);
  const issuedMs = panel.startMs + origin * panel.stepMs;
  let row = 0;
  for (let s = 0; s < data.sensors; s++) {
    for (let output = 0; output < width; output++) {
      const target = Math.floor(output / horizonSteps);
      const validMs = issuedMs + ((output % horizonSteps) + 1) * panel.stepMs;
      for (const path of paths) {
        sensor[row] = s;
        channel[row] = target;
        issuedAt[row] = issuedMs;
        validAt[row] = validMs;
        quantile[row] = path.quantile;
        value[row] = path.values[s * width + output]!;
        margin[row++] = path.margin;
      }
    }
  }
  return [
    { name: "sensor", names: panel.sensors, codes: sensor },
    { name: "issued_at", instants: issuedAt },
    { name: "valid_at", instants: validAt },
    { name: "channel", names: targets.map((target) => target.channel), codes: channel },
    { name: "quantile", numbers: quantile },
    { name: "value", numbers: value },
    { name: "rule_margin", numbers: margin, nullable: true },
  ];
};
