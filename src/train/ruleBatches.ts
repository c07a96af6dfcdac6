import type { BoundRule } from "../stl/index.ts";
import { createPanelTeacherLoss } from "./panelTeacherLoss.ts";
import { createRuleLoss } from "./ruleLoss.ts";
import { scheduledBeta } from "./teacherLoss.ts";
import { teacherMargins } from "./teacherMargins.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { TrainingSettings } from "./TrainingSettings.ts";
import type { RuleBatch } from "./trainingStep.ts";

/** The rule batches of a training. */
export interface RuleBatches {
  readonly hasTeacher: boolean;
  /** One that starts its window at a step of the panel; the teacher's weight grows until step `steps` of the phase. */
  readonly at: (
    first: number,
    temperature: number,
    phase: { readonly step: number; readonly steps: number },
  ) => RuleBatch;
  /** What the teacher has taken so far. */
  readonly teacherSeconds: () => number;
}

/**
 * Makes what the rules are trained in by: their robustness, a teacher or both; undefined where rules are not trained.
 *
 * A teacher does not weigh rules: one of weight 0 is left out, the others are to be kept alike. A unit of its distance is
 * worth the baseline's mean error of the target.
 *
 * @param scale what a unit of the forecast loss is worth, by output [target][lead]
 */
export const createRuleBatches = (
  data: TrainingData,
  rules: readonly BoundRule[],
  settings: TrainingSettings["rules"],
  scale: Float64Array,
): RuleBatches | undefined => {
  if (settings.weight === 0 || rules.length === 0) return undefined;
  const { margin, teacher } = settings;
  const loss = teacher?.alone === true ? undefined : createRuleLoss(data, rules);
  const taught = rules.filter((rule) => rule.weight > 0);
  if (teacher === undefined || taught.length === 0) {
    return {
      hasTeacher: false,
      at: (first, temperature) => ({ first, temperature, ...(loss && { loss }) }),
      teacherSeconds: () => 0,
    };
  }
  const { horizonSteps, targets } = data.plan;
  const worths = targets.map(
    (_, target) =>
      scale.subarray(target * horizonSteps, (target + 1) * horizonSteps).reduce((a, b) => a + b, 0) /
      horizonSteps,
  );
  const margins = teacherMargins(taught, margin, teacher.quanta);
  const teach = createPanelTeacherLoss(data, taught, margins, worths);
  let milliseconds = 0;
  return {
    hasTeacher: true,
    at: (first, temperature, { step, steps }) => ({
      first,
      temperature,
      ...(loss && { loss }),
      teacher: {
        beta: scheduledBeta({ from: 1, to: teacher.beta, steps }, step),
        loss: (...batch) => {
          const startedAt = performance.now();
          const result = teach(...batch);
          milliseconds += performance.now() - startedAt;
          return result;
        },
      },
    }),
    teacherSeconds: () => milliseconds / 1000,
  };
};
