import type { EpochRecord } from "../train/TrainingSettings.ts";

/** How many forecasts a training put to its teacher, and for how many of them it had to leave out a rule. */
export const taughtWindows = (
  history: readonly Pick<EpochRecord, "teacher">[],
): { readonly windows: number; readonly untaught: number } =>
  history.reduce(
    (sum, { teacher }) => ({
      windows: sum.windows + (teacher?.windows ?? 0),
      untaught: sum.untaught + (teacher?.untaught ?? 0),
    }),
    { windows: 0, untaught: 0 },
  );
