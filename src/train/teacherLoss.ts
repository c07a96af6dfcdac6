import type { TraceTeacher } from "../stl/index.ts";

/** From `from` to `to` in equal steps over the first `steps` steps of a training; all of them 0..1. */
export interface TeacherSchedule {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/**
 * The weight beta of the truth at a step of training.
 *
 * @example
 * [0, 5, 10, 99].map((step) => scheduledBeta({ from: 1, to: 0.5, steps: 10 }, step)); // => [1, 0.75, 0.5, 0.5]
 */
export const scheduledBeta = ({ from, steps, to }: TeacherSchedule, step: number): number =>
  step >= steps ? to : from + ((to - from) * step) / steps;

export interface TeacherLoss {
  readonly loss: number;
  /** d loss / d forecasts, same layout. */
  readonly gradient: Float64Array;
  /** Traces for which the teacher found none: only the truth pulls at them. */
  readonly untaught: number;
}

/**
 * beta * squared error to the truth + (1 - beta) * squared distance to the nearest trace that keeps the rules, each a
 * mean over the samples that may move, in units of the teacher's scale.
 *
 * The teacher's trace is held still while the gradient is taken; as it is the nearest one, that is the gradient of the
 * distance itself. Ma et al., "STLnet: Signal temporal logic enforced multivariate recurrent neural networks", NeurIPS
 * 2020, equation of the student's loss.
 *
 * @param forecasts whole traces, the measured samples before the forecast ones, [trace][signal][step]
 * @param truths the same traces as they came
 * @param beta 0..1; at 1 the teacher is not asked
 * @example
 * const teacher = createTraceTeacher(parseFormula("always x >= 1"), 2, { margin: 1, fixedSamples: 1 });
 * const { gradient, loss } = teacherLoss(teacher, Float64Array.of(5, 0), Float64Array.of(5, 3), 0.5);
 * loss; // => 6.5
 * gradient; // => Float64Array [ 0, -5 ]
 */
export const teacherLoss = (
  teacher: TraceTeacher,
  forecasts: Float64Array,
  truths: Float64Array,
  beta: number,
): TeacherLoss => {
  const { movable, scale, steps } = teacher;
  const width = scale.length * steps;
  const nearest = new Float64Array(width);
  const gradient = new Float64Array(forecasts.length);
  const count = (forecasts.length / width) * movable;
  let truth = 0;
  let taught = 0;
  let untaught = 0;
  for (let start = 0; start < forecasts.length; start += width) {
    const distance = beta < 1 ? teacher.teach(forecasts.subarray(start, start + width), nearest) : 0;
    if (Number.isNaN(distance)) untaught++;
    else taught += distance;
    for (let k = 0; k < width; k++) {
      const at = start + k;
      const square = scale[Math.floor(k / steps)]! ** 2;
      const error = forecasts[at]! - truths[at]!;
      truth += (error * error) / square;
      const pull = beta * error + (1 - beta) * (forecasts[at]! - nearest[k]!);
      gradient[at] = (2 * pull) / (square * count);
    }
  }
  return { loss: (beta * truth + (1 - beta) * taught) / count, gradient, untaught };
};
