import { judgeForecasts } from "../train/judgeForecasts.ts";
import type { ForecastTable } from "./ForecastTable.ts";
import type { IssueBasis } from "./IssueBasis.ts";
import type { IssuedQuantiles } from "./issueQuantiles.ts";
import { quantileLevels } from "./quantileLevels.ts";

/**
 * The forecast from the last reading as a table: the shielded forecast as quantile 0.5, and the calibrated
 * quantiles that the pipeline asks for around it, each with the smallest robustness of the enforced rules on that
 * quantile's forecast.
 *
 * The quantile 0.5 is the one that the rules are enforced on; the others may break them, and their margin says so.
 */
export const issueForecast = (basis: IssueBasis, issued: IssuedQuantiles): ForecastTable => {
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

  const sensor: string[] = [];
  const channel: string[] = [];
  const issuedAtMs: number[] = [];
  const validAtMs: number[] = [];
  const quantileColumn: number[] = [];
  const value: number[] = [];
  const margin: number[] = [];
  const issuedMs = panel.startMs + origin * panel.stepMs;
  for (let s = 0; s < data.sensors; s++) {
    for (let output = 0; output < width; output++) {
      for (const path of paths) {
        sensor.push(panel.sensors[s]!);
        channel.push(targets[Math.floor(output / horizonSteps)]!.channel);
        issuedAtMs.push(issuedMs);
        validAtMs.push(issuedMs + ((output % horizonSteps) + 1) * panel.stepMs);
        quantileColumn.push(path.quantile);
        value.push(path.values[s * width + output]!);
        margin.push(path.margin);
      }
    }
  }
  return {
    sensor,
    issuedAtMs,
    validAtMs,
    channel,
    quantile: Float64Array.from(quantileColumn),
    value: Float64Array.from(value),
    ruleMargin: Float64Array.from(margin),
  };
};
