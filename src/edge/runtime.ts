import { arrangeQuantiles, blocksOf } from "../series/arrangeQuantiles.ts";
import { planChannels, type Readings } from "../series/features.ts";
import type { Artefact } from "./Artefact.ts";
import { ArtefactError } from "./ArtefactError.ts";
import { readsClock } from "./compileRule.ts";
import type { DeviceForecast } from "./DeviceForecast.ts";
import { dequantise } from "./DeviceForecast.ts";
import { ruleSystemOf } from "./golden.ts";
import { integerBaseline } from "./front/integerBaseline.ts";
import { integerFeatures } from "./front/integerFeatures.ts";
import { integerReadings } from "./front/IntegerReadings.ts";
import { readingQuanta } from "./front/readingQuanta.ts";
import { createPastReader } from "./pastQuanta.ts";
import { createPlainEngine } from "./plainEngine.ts";
import { createShield } from "./shield.ts";
import type { Readout } from "./TernaryModel.ts";
import { createWasmModel } from "./wasmModel.ts";

/** Memory for the projected steps of one block of origins. */
const BLOCK_BYTES = 64 * 2 ** 20;
const BLOCK_ORIGINS = 512;
/** Sensors that a message lists. */
const SENSORS_NAMED = 5;

/** An artefact at work. */
export interface Runtime {
  /** Steps up to and including the origin that a forecast needs. */
  readonly contextSteps: number;
  readonly horizonSteps: number;
  readonly sensors: readonly string[];
  readonly targets: readonly Readout[];
  /** Levels of the quantile heads, ascending; empty without such heads. */
  readonly quantiles: readonly number[];
  /**
   * Forecast from the last step of the readings, channels in the order of the feature plan.
   *
   * `readings.clock` must go on for `horizonSteps` past the origin where a rule reads the clock. Throws an
   * {@link ArtefactError} `window-too-short` for fewer steps than `contextSteps`, `other-readings` where there are not as
   * many values as the plan's channels and sensors have.
   */
  readonly forecast: (readings: Readings) => DeviceForecast;
  /**
   * Forecasts from every step `from..to - 1` of the readings as origin, in order: the same forecasts, but each step
   * is projected once for all windows that contain it.
   */
  readonly forecastSpan: (
    readings: Readings,
    from: number,
    to: number,
    visit: (forecast: DeviceForecast, origin: number) => void,
  ) => void;
}

/**
 * Makes a runtime. Readings are rounded at the border (`integerReading`); all after it is integer arithmetic, equal to
 * the bit on every machine. Cells and head run in WebAssembly where that loads, else in plain JavaScript.
 */
export const createRuntime = (artefact: Artefact): Runtime => {
  const { front, manifest, model, rules } = artefact;
  const { features: plan, readouts: targets } = manifest;
  const { horizonSteps, quantiles: levels, readouts } = model;
  const sensors = plan.sensors.length;
  const context = front.contextSteps;
  const quantaOfReadings = manifest.readingQuanta ?? readingQuanta(plan, targets, manifest.ruleChannels);
  const engine = createWasmModel(model) ?? createPlainEngine(model);
  const system = ruleSystemOf(artefact);
  const shield = createShield(system, readouts);
  const readPast = createPastReader(manifest.ruleChannels, planChannels(plan), sensors, system.pastSteps);
  const needsClock = rules.some(readsClock);
  const lastClockStep = Math.max(0, ...system.clockTests.map((test) => test.step));

  const series = planChannels(plan).length * sensors;

  const check = (readings: Readings, from: number, to: number): void => {
    if (readings.values.length !== series * readings.steps) {
      throw new ArtefactError(
        "other-readings",
        `${readings.values.length} values of ${readings.steps} steps were given, but the artefact reads ${planChannels(plan).length} ` +
          `channels of ${sensors} sensors (${plan.sensors.slice(0, SENSORS_NAMED).join(", ")}${sensors > SENSORS_NAMED ? ", ..." : ""}), which makes ` +
          `${series * readings.steps}; give it these sensors in this order, or train with the sensors that you have`,
      );
    }
    if (from < context - 1 || to > readings.steps) {
      throw new ArtefactError(
        "window-too-short",
        `origins ${from}..${to - 1} were asked of ${readings.steps} steps of readings; each needs ${context} steps ` +
          `up to and including it, so the first possible origin is ${context - 1}`,
      );
    }
    const clockSteps = readings.clock.minuteOfDay.length;
    if (needsClock && to + lastClockStep > clockSteps) {
      throw new ArtefactError(
        "window-too-short",
        `rules read the clock ${lastClockStep} steps past the origin, but the clock ends with step ${clockSteps - 1}; ` +
          `give it ${to + lastClockStep} steps`,
      );
    }
  };

  const forecastSpan: Runtime["forecastSpan"] = (readings, from, to, visit) => {
    check(readings, from, to);
    const stepBytes = sensors * engine.stepBytes;
    const blockOrigins = Math.max(
      1,
      Math.min(BLOCK_ORIGINS, Math.floor(BLOCK_BYTES / stepBytes) - plan.windowSteps),
    );
    const width = targets.length * horizonSteps;
    const starts = new Int32Array(width);
    const quanta = new Int32Array(blocksOf(levels) * width);
    for (let blockFrom = from; blockFrom < to; blockFrom += blockOrigins) {
      const blockTo = Math.min(to, blockFrom + blockOrigins);
      const firstStep = blockFrom - plan.windowSteps + 1;
      const steps = blockTo - firstStep;
      const held = integerReadings(readings, quantaOfReadings, blockFrom + 1 - context, blockTo);
      // Steps of `held` count from its own first.
      const start = context - plan.windowSteps;
      const features = integerFeatures(front, held, start, start + steps);
      const span = engine.project(features, sensors * steps);
      try {
        for (let origin = blockFrom; origin < blockTo; origin++) {
          const baseline = integerBaseline(front, held, origin - blockFrom + context - 1);
          const raw = new Int32Array(sensors * width);
          const tails = new Int32Array(levels.length * sensors * width);
          for (let sensor = 0; sensor < sensors; sensor++) {
            const first = sensor * steps + origin - firstStep - plan.windowSteps + 1;
            for (let target = 0; target < targets.length; target++) {
              const at = (target * sensors + sensor) * horizonSteps;
              starts.set(baseline.subarray(at, at + horizonSteps), target * horizonSteps);
            }
            span.forecast(first, plan.windowSteps, starts, quanta);
            for (let block = 0; block <= levels.length; block++) {
              for (let target = 0; target < targets.length; target++) {
                const from = block * width + target * horizonSteps;
                const own = quanta.subarray(from, from + horizonSteps);
                const at = (target * sensors + sensor) * horizonSteps;
                if (block === 0) raw.set(own, at);
                else tails.set(own, (block - 1) * sensors * width + at);
              }
            }
          }
          visit(shielded(readings, origin, raw, tails), origin);
        }
      } finally {
        span.release();
      }
    }
  };

  /** Quantiles [level][target][sensor][lead] around a median. */
  const around = (median: Int32Array, tails: Int32Array): Int32Array => {
    const arranged = tails.slice();
    for (let cell = 0; cell < median.length; cell++) {
      arrangeQuantiles(arranged, cell, median.length, levels, median[cell]!);
    }
    return arranged;
  };

  const shielded = (
    readings: Readings,
    origin: number,
    raw: Int32Array,
    tails: Int32Array,
  ): DeviceForecast => {
    const { minuteOfDay, weekday, dayNumber } = readings.clock;
    const fields = [minuteOfDay, weekday, dayNumber] as const;
    const outcome = shield(raw, readPast(readings, origin), (field, step) => fields[field]![origin + step]!);
    const aroundRaw = around(raw, tails);
    const aroundShielded = around(outcome.forecast, tails);
    const cells = raw.length;
    return {
      raw,
      shielded: outcome.forecast,
      quantiles: levels.map((level, k) => ({
        level,
        raw: aroundRaw.subarray(k * cells, (k + 1) * cells),
        shielded: aroundShielded.subarray(k * cells, (k + 1) * cells),
      })),
      infeasible: outcome.infeasible,
      rules: outcome.verdicts.map((verdict, index) => {
        const { name, enforced, unitsPerOne } = rules[index]!;
        return { ...verdict, name, enforced, unitsPerOne };
      }),
      physical: (quanta) => dequantise(quanta, targets),
    };
  };

  return {
    contextSteps: context,
    horizonSteps,
    sensors: plan.sensors,
    targets,
    quantiles: levels,
    forecastSpan,
    forecast: (readings) => {
      let result: DeviceForecast | undefined;
      forecastSpan(readings, readings.steps - 1, readings.steps, (forecast) => {
        result = forecast;
      });
      return result!;
    },
  };
};
