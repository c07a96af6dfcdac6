import type { Artefact, DeviceForecast } from "../edge/index.ts";
import { createSingleRuleShields, type SingleRuleShield } from "../edge/singleRuleShields.ts";
import type { RuleSummary } from "../report/RunSummary.ts";
import type { TrainingData } from "../train/TrainingData.ts";

/** Sums of one rule and target. */
interface Sums {
  /** Of the absolute error with the rule enforced less that without, over the judged points of changed windows. */
  rise: number;
  changedPoints: number;
  changedWindows: number;
}

/**
 * What each rule costs in mean absolute error when the shield enforces it alone: forecasts are added one origin at a
 * time, the costs read at the end.
 *
 * A window is the forecast of one target of one sensor at one origin. A point is judged where the reading at the origin
 * and the reading forecast were both observed, as in `errorsByLead`.
 */
export class RuleCostMeter {
  readonly #data: TrainingData;
  readonly #units: readonly string[];
  readonly #sensors: readonly number[];
  readonly #shields: readonly SingleRuleShield[];
  readonly #sums: readonly (readonly Sums[])[];
  readonly #points: Float64Array;
  readonly #windows: Float64Array;
  readonly #errors: Float64Array;

  /** @param sensors those that are judged; all are shielded */
  constructor(artefact: Artefact, data: TrainingData, units: readonly string[], sensors: readonly number[]) {
    const { targets } = data.plan;
    this.#data = data;
    this.#units = units;
    this.#sensors = sensors;
    this.#shields = createSingleRuleShields(artefact);
    this.#sums = artefact.rules.map(() =>
      targets.map(() => ({ rise: 0, changedPoints: 0, changedWindows: 0 })),
    );
    this.#points = new Float64Array(targets.length);
    this.#windows = new Float64Array(targets.length);
    this.#errors = new Float64Array(targets.length);
  }

  /** Adds the forecast of one origin. */
  add(forecast: DeviceForecast, origin: number): void {
    const raw = forecast.physical(forecast.raw);
    this.#addUnshielded(raw, origin);
    this.#shields.forEach((shield, rule) => {
      const quanta = shield(this.#data.readings, origin, forecast.raw);
      if (quanta.every((value, k) => value === forecast.raw[k])) return;
      this.#addShielded(this.#sums[rule]!, raw, forecast.physical(quanta), origin);
    });
  }

  /** Costs by rule and target; NaN where no window was judged, or none changed. */
  costs(): NonNullable<RuleSummary["cost"]>[] {
    return this.#sums.map((ofTargets) =>
      ofTargets.map(({ changedPoints, changedWindows, rise }, target) => ({
        channel: this.#data.plan.targets[target]!.channel,
        unit: this.#units[target]!,
        mae: this.#errors[target]! / this.#points[target]!,
        rise: rise / this.#points[target]!,
        changedShare: changedWindows / this.#windows[target]!,
        riseWhereChanged: rise / changedPoints,
      })),
    );
  }

  #addUnshielded(raw: Float64Array, origin: number): void {
    this.#eachWindow(origin, (target, at, truth) => {
      let points = 0;
      for (let lead = 0; lead < truth.length; lead++) {
        const error = Math.abs(raw[at + lead]! - truth[lead]!);
        if (Number.isNaN(error)) continue;
        this.#errors[target]! += error;
        points++;
      }
      this.#points[target]! += points;
      if (points > 0) this.#windows[target]!++;
    });
  }

  #addShielded(sums: readonly Sums[], raw: Float64Array, shielded: Float64Array, origin: number): void {
    this.#eachWindow(origin, (target, at, truth) => {
      let changed = false;
      let points = 0;
      let rise = 0;
      for (let lead = 0; lead < truth.length; lead++) {
        if (shielded[at + lead] !== raw[at + lead]) changed = true;
        const more = Math.abs(shielded[at + lead]! - truth[lead]!) - Math.abs(raw[at + lead]! - truth[lead]!);
        if (Number.isNaN(more)) continue;
        rise += more;
        points++;
      }
      if (!changed || points === 0) return;
      sums[target]!.rise += rise;
      sums[target]!.changedPoints += points;
      sums[target]!.changedWindows++;
    });
  }

  /** Windows whose origin was observed: where their forecast lies, [target][sensor][lead], and what happened. */
  #eachWindow(origin: number, visit: (target: number, at: number, truth: Float32Array) => void): void {
    const { plan, sensors, steps, truth } = this.#data;
    for (let target = 0; target < plan.targets.length; target++) {
      for (const sensor of this.#sensors) {
        const row = target * sensors + sensor;
        const now = row * steps + origin;
        if (Number.isNaN(truth[now]!)) continue;
        visit(target, row * plan.horizonSteps, truth.subarray(now + 1, now + 1 + plan.horizonSteps));
      }
    }
  }
}
