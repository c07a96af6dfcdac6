/** Sums over the quantiles of one target, by group; they add over folds. */
import type { Readout } from "../../edge/index.ts";
import type { TrainingData } from "../../train/TrainingData.ts";
import { cellQuantiles } from "../cellQuantiles.ts";
import type { ConformalOffsets } from "../conformalOffsets.ts";
import type { ForecastSet } from "../ForecastSet.ts";
import { bandOf } from "./bandOf.ts";
import type { ScoreGroups } from "./ScoreGroups.ts";

/** Fields of a group, in their order in the array. `missing` counts the values that have no truth. */
export const BAND_FIELDS = ["count", "missing", "covered", "width", "winkler", "pinball"] as const;

/**
 * Adds up what the issued quantiles are worth, [group][field of {@link BAND_FIELDS}].
 *
 * `pinball` sums the mean over the issued levels and the median of the loss (q - [y < f]) (y - f) (Koenker and Bassett
 * 1978). `winkler` sums (u - l) + (l - y)+ / a + (y - u)+ / (1 - b) of the band from the lowest level a to the highest
 * b: the interval score (Winkler 1972; Gneiting and Raftery 2007, equation 43), with its 2 / alpha where a = 1 - b. A
 * band without a level on one side ends at the median there.
 *
 * @param issued levels, ascending, all among those of `conformal`
 * @param hourOf local hour of a step, 0..23
 */
export const bandSums = (
  data: Pick<TrainingData, "plan" | "sensors" | "steps" | "truth">,
  origins: Int32Array,
  forecasts: ForecastSet,
  target: number,
  conformal: ConformalOffsets,
  issued: readonly number[],
  readout: Pick<Readout, "minimum" | "maximum">,
  groups: ScoreGroups,
  hourOf: (step: number) => number,
): Float64Array => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const levels = conformal.quantiles;
  const band = bandOf(levels, issued);
  const fields = BAND_FIELDS.length;
  const sums = new Float64Array(groups.count * fields);
  const cell = new Float64Array(levels.length);
  const places = new Int32Array(4);
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const row = index * data.sensors + sensor;
      const series = (target * data.sensors + sensor) * data.steps + origin;
      for (let lead = 1; lead <= horizonSteps; lead++) {
        places[1] = groups.ofLead(lead);
        places[2] = groups.ofSensor(sensor);
        places[3] = groups.ofHour(hourOf(origin + lead));
        const truth = data.truth[series + lead]!;
        if (Number.isNaN(truth)) {
          for (const group of places) sums[group * fields + 1]!++;
          continue;
        }
        const output = target * horizonSteps + lead - 1;
        const median = forecasts.values[row * outputs + output]!;
        const learned = forecasts.quantiles && {
          values: forecasts.quantiles,
          first: row * levels.length * outputs + output,
          stride: outputs,
        };
        cellQuantiles(data, conformal, output, readout, median, learned, cell);
        const lower = band.lower < 0 ? median : cell[band.lower]!;
        const upper = band.upper < 0 ? median : cell[band.upper]!;
        const winkler =
          upper -
          lower +
          Math.max(0, lower - truth) / band.lowerLevel +
          Math.max(0, truth - upper) / (1 - band.upperLevel);
        let pinball = pinballLoss(0.5, median, truth);
        for (const place of band.issued) pinball += pinballLoss(levels[place]!, cell[place]!, truth);
        pinball /= band.issued.length + 1;
        for (const group of places) {
          const at = group * fields;
          sums[at]!++;
          if (truth >= lower && truth <= upper) sums[at + 2]!++;
          sums[at + 3]! += upper - lower;
          sums[at + 4]! += winkler;
          sums[at + 5]! += pinball;
        }
      }
    }
  });
  return sums;
};

const pinballLoss = (level: number, quantile: number, truth: number): number =>
  (truth < quantile ? level - 1 : level) * (truth - quantile);
