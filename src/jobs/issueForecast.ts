import type { Runtime } from "../edge/index.ts";
import { judgeForecasts } from "../train/judgeForecasts.ts";
import { type ConformalOffsets, quantileOf } from "./conformalOffsets.ts";
import type { ForecastTable } from "./ForecastTable.ts";
import type { PreparedRun } from "./prepareRun.ts";

/**
 * The forecast from the last reading of a run: the shielded forecast as quantile 0.5, and the calibrated quantiles
 * around it, each with the smallest robustness of the enforced rules on that quantile's forecast.
 *
 * The quantile 0.5 is the one that the rules are enforced on; the others may break them, and their margin says so.
 */
export const issueForecast = (
  run: PreparedRun,
  runtime: Runtime,
  conformal: ConformalOffsets,
): ForecastTable => {
  const { data, panel, shape } = run;
  const { horizonSteps, targets } = data.plan;
  const origin = data.steps - 1;
  const forecast = runtime.forecast(data.readings);
  const shielded = forecast.physical(forecast.shielded);
  const quantiles = [...conformal.quantiles, 0.5].sort((a, b) => a - b);
  const enforced = run.rules.rules.map((rule) => rule.bound).filter((rule) => !rule.goal);

  const paths = quantiles.map((quantile) => {
    const index = conformal.quantiles.indexOf(quantile);
    const values = new Float64Array(data.sensors * shape.outputs);
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      for (let output = 0; output < shape.outputs; output++) {
        const target = Math.floor(output / horizonSteps);
        const value = shielded[(target * data.sensors + sensor) * horizonSteps + (output % horizonSteps)]!;
        values[sensor * shape.outputs + output] =
          index < 0 ? value : quantileOf(data, conformal, output, index, value, runtime.targets[target]!);
      }
    }
    const tallies = judgeForecasts(data, enforced, Int32Array.of(origin), (_, sensor) =>
      values.subarray(sensor * shape.outputs, (sensor + 1) * shape.outputs),
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
    for (let output = 0; output < shape.outputs; output++) {
      for (const path of paths) {
        sensor.push(panel.sensors[s]!);
        channel.push(targets[Math.floor(output / horizonSteps)]!.channel);
        issuedAtMs.push(issuedMs);
        validAtMs.push(issuedMs + ((output % horizonSteps) + 1) * panel.stepMs);
        quantileColumn.push(path.quantile);
        value.push(path.values[s * shape.outputs + output]!);
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
