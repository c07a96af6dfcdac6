/** Holds two models against each other on the same readings. */
import { Effect } from "effect";
import type { Panel } from "../../series/Panel.ts";
import { random } from "../../series/random.ts";
import type { OpenModel } from "../forecast/openDeployedModel.ts";
import { originAt, readingsOfModel } from "../forecast/readingsOfModel.ts";
import { meanOf } from "./detectShift.ts";
import { originScores, relativeErrors } from "./originScores.ts";

/** Errors of a new model where those of the old one are 1, on the forecasts that both made. */
export interface ComparedModels {
  readonly origins: number;
  /** Mean of the new one's error by origin, relative to the old one's by lead; NaN where nothing was observed. */
  readonly ratio: number;
  /** Ends of the 90 % interval of the ratio, by the bootstrap of days. */
  readonly low: number;
  readonly high: number;
}

/** Origins between two chances to be interrupted. */
const ORIGINS_AT_ONCE = 64;
const PATHS = 1000;
const SEED = 1;
const TAIL = 0.05;

/**
 * Both models forecast from every step of a span whose forecast has wholly come; their errors are held against each other
 * on the targets that both have. Their sensors have to be the same: where they are not, nothing is compared.
 *
 * @param fromMs neither of them may have been trained on what comes from here on
 */
export const compareModels = Effect.fn("compareModels")(function* (
  former: OpenModel,
  fresh: OpenModel,
  panel: Panel,
  fromMs: number,
  toMs: number,
) {
  const targetsOf = ({ artefact }: OpenModel) =>
    artefact.manifest.features.targets.map(({ channel }) => channel);
  const shared = targetsOf(former).filter((channel) => targetsOf(fresh).includes(channel));
  const alike = former.model.site.sensors.join("\n") === fresh.model.site.sensors.join("\n");
  if (shared.length === 0 || !alike) return nothing;
  const [old, young] = [
    yield* errorsOf(former, panel, fromMs, toMs),
    yield* errorsOf(fresh, panel, fromMs, toMs),
  ];
  const pairs = shared.map((channel) => {
    const before = old[targetsOf(former).indexOf(channel)]!;
    const after = young[targetsOf(fresh).indexOf(channel)]!;
    const origins = before.coverage.length;
    return {
      before: relativeErrors(before.errors, before.mae, origins),
      after: relativeErrors(after.errors, before.mae, origins),
    };
  });
  const origins = pairs[0]!.before.length;
  const over = (side: "before" | "after"): Float64Array =>
    Float64Array.from({ length: origins }, (_, index) => meanOf(pairs.map((pair) => pair[side][index]!)));
  const [before, after] = [over("before"), over("after")];
  const day = Math.max(1, Math.round(86_400_000 / panel.stepMs));
  const numbers = random(SEED);
  const ratios = new Float64Array(PATHS);
  for (let k = 0; k < PATHS; k++) {
    let [above, below] = [0, 0];
    for (let at = 0, from = 0; at < origins; at++) {
      if (at % day === 0) from = Math.floor(numbers.uniform() * origins);
      const index = (from + (at % day)) % origins;
      if (Number.isNaN(before[index]! + after[index]!)) continue;
      above += after[index]!;
      below += before[index]!;
    }
    ratios[k] = above / below;
  }
  ratios.sort();
  return {
    origins: before.filter((value) => !Number.isNaN(value)).length,
    ratio: meanOf(after) / meanOf(before),
    low: ratios[Math.floor(TAIL * PATHS)]!,
    high: ratios[Math.ceil((1 - TAIL) * PATHS) - 1]!,
  } satisfies ComparedModels;
});

const nothing: ComparedModels = { origins: 0, ratio: Number.NaN, low: Number.NaN, high: Number.NaN };

/** Scores of each target, an origin a step. */
const errorsOf = Effect.fn("errorsOf")(function* (
  { artefact, runtime }: OpenModel,
  panel: Panel,
  fromMs: number,
  toMs: number,
) {
  const plan = artefact.manifest.features;
  const { horizonSteps, targets } = plan;
  const endMs = originAt(panel, toMs);
  const origins = Math.max(
    0,
    Math.round((endMs - originAt(panel, fromMs)) / panel.stepMs) - horizonSteps + 1,
  );
  const steps = origins + runtime.contextSteps - 1 + horizonSteps;
  const { planned } = readingsOfModel(plan, panel, endMs, steps);
  const width = targets.length * horizonSteps;
  const median = new Float64Array(origins * planned.sensors * width);
  const first = runtime.contextSteps - 1;
  for (let from = 0; from < origins; from += ORIGINS_AT_ONCE) {
    const to = Math.min(origins, from + ORIGINS_AT_ONCE);
    runtime.forecastSpan(planned.readings, first + from, first + to, (forecast, origin) => {
      const values = forecast.physical(forecast.shielded);
      for (let sensor = 0; sensor < planned.sensors; sensor++) {
        for (let output = 0; output < width; output++) {
          const target = Math.floor(output / horizonSteps);
          const at = (target * planned.sensors + sensor) * horizonSteps + (output % horizonSteps);
          median[((origin - first) * planned.sensors + sensor) * width + output] = values[at]!;
        }
      }
    });
    yield* Effect.sleep(0);
  }
  const forecasts = {
    plan,
    sensors: planned.sensors,
    steps,
    truth: planned.readings.values,
    origins: Int32Array.from({ length: origins }, (_, index) => first + index),
    median,
  };
  return targets.map((_, target) => originScores(forecasts, target));
});
