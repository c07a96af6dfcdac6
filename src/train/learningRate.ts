/**
 * Learning rate of a step: linear warm-up, then a half cosine down to a hundredth of the peak.
 *
 * @example
 * learningRate({ peak: 1, warmupSteps: 10, totalSteps: 110 }, 9); // => 1
 */
export const learningRate = (
  schedule: { readonly peak: number; readonly warmupSteps: number; readonly totalSteps: number },
  step: number,
): number => {
  if (step < schedule.warmupSteps) return (schedule.peak * (step + 1)) / schedule.warmupSteps;
  const length = Math.max(1, schedule.totalSteps - schedule.warmupSteps);
  const progress = Math.min(1, (step - schedule.warmupSteps) / length);
  return schedule.peak * (0.01 + 0.99 * (0.5 + 0.5 * Math.cos(Math.PI * progress)));
};
