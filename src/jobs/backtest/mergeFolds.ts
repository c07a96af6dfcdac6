import type { FoldSums } from "./FoldSums.ts";

/** The sums of all folds together, in the order of the folds, so that the bytes are always the same. */
export type MergedSums = Pick<
  FoldSums,
  "origins" | "horizonSteps" | "sensors" | "models" | "targets" | "band" | "rules"
>;

/** @param folds of one backtest, at least one, in order */
export const mergeFolds = (folds: readonly FoldSums[]): MergedSums => {
  const first = folds[0]!;
  const { band, horizonSteps, models, sensors } = first;
  return {
    origins: folds.reduce((sum, { origins }) => sum + origins, 0),
    horizonSteps,
    sensors,
    models,
    band,
    targets: first.targets.map(({ channel, unit }, target) => {
      const parts = folds.map((fold) => fold.targets[target]!);
      return {
        channel,
        unit,
        unscaled: sensors.filter((sensor) => parts.some(({ unscaled }) => unscaled.includes(sensor))),
        errors: models.map((_, model) => added(parts.map(({ errors }) => errors[model]!))),
        band: added(parts.map((part) => part.band)),
      };
    }),
    rules: first.rules.map(({ goal, name }, rule) => ({
      name,
      goal,
      sums: added(folds.map(({ rules }) => rules[rule]!.sums)),
    })),
  };
};

const added = (parts: readonly (readonly number[])[]): number[] =>
  parts[0]!.map((_, place) => parts.reduce((sum, part) => sum + part[place]!, 0));
