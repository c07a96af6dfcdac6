import { type Formula, smoothRobustnessBatch } from "../../src/stl/index.ts";
import type { TraceTask } from "./TraceTask.ts";
import type { TraceLoss } from "./Student.ts";

/** Of the smooth robustness, in 1 / scale. */
const temperature = 50;

/**
 * beta * mean squared error + (1 - beta) * mean of max(0, margin - smooth robustness), in units of the task's scale: the
 * rule pulls by its own gradient, without a teacher. The robustness is the sound one, never above the exact.
 */
export const robustnessLoss =
  (task: TraceTask, formula: Formula, betaOf: (step: number) => number): TraceLoss =>
  (forecasts, truths, step) => {
    const { given, scale, signals, steps, teacherMargin } = task;
    const beta = betaOf(step);
    const width = signals.length * steps;
    const count = forecasts.length / width;
    const gradient = new Float64Array(forecasts.length);
    const samples = count * signals.length * (steps - given);
    let loss = 0;
    for (let k = 0; k < forecasts.length; k++) {
      if (k % steps < given) continue;
      const square = scale[Math.floor(k / steps) % signals.length]! ** 2;
      const error = forecasts[k]! - truths[k]!;
      loss += (beta * error * error) / (square * samples);
      gradient[k] = (2 * beta * error) / (square * samples);
    }
    if (beta === 1) return { loss, gradient };
    // The rule is in the unit of its last signal.
    const unit = scale.at(-1)!;
    const columns = signals.map((_, k) => {
      const column = new Float64Array(count * steps);
      for (let trace = 0; trace < count; trace++) {
        const start = trace * width + k * steps;
        column.set(forecasts.subarray(start, start + steps), trace * steps);
      }
      return column;
    });
    const batch = { count, signals: Object.fromEntries(signals.map((name, k) => [name, columns[k]!])) };
    const options = { method: "sound", temperature: temperature / unit } as const;
    const { gradient: slopes, values } = smoothRobustnessBatch(formula, batch, options);
    values.forEach((value, trace) => {
      const shortfall = (teacherMargin - value) / unit;
      if (!(shortfall > 0)) return;
      loss += ((1 - beta) * shortfall) / count;
      signals.forEach((name, k) => {
        for (let at = given; at < steps; at++) {
          const slope = slopes[name]![trace * steps + at]!;
          gradient[trace * width + k * steps + at]! -= ((1 - beta) * slope) / (unit * count);
        }
      });
    });
    return { loss, gradient };
  };
