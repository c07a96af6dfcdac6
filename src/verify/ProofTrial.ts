import type { Artefact } from "../edge/Artefact.ts";
import type { DeviceForecast } from "../edge/DeviceForecast.ts";
import { createRuntime, type Runtime } from "../edge/runtime.ts";
import { planChannels, type Readings } from "../series/features.ts";
import type { PanelTrace } from "../stl/compile/Site.ts";
import { decidingReading } from "./decidingReading.ts";
import type { Judge } from "./Judge.ts";
import { describeWindow, type PerturbedWindow } from "./PerturbedWindow.ts";
import type { Counterexample } from "./ProofReport.ts";
import type { WindowKind } from "./WindowKind.ts";
import { applyPerturbations, type WindowProvider } from "./windows.ts";

/** Robustness this little below zero is the noise of float64 sums, not a broken rule. */
const FLOAT_NOISE = 1e-8;

type Verdict = "kept" | "broken" | "unjudged";

/** In quanta; stated here once more, because the judge must not take it from the device. */
const LARGEST_READING = 2 ** 21;

/** What one window came to. */
export interface TrialResult {
  /** By rule, on the shielded and on the raw forecast. */
  readonly shielded: readonly Judgement[];
  readonly unshielded: readonly Judgement[];
  readonly device: DeviceForecast;
}

interface Judgement {
  readonly verdict: Verdict;
  readonly lower: number;
  readonly upper: number;
  readonly enforced: boolean;
}

/** Index of the enforced rule that is broken by the most; a window proved infeasible is no failure of the shield. */
export const failingRule = (result: TrialResult, which: "shielded" | "unshielded"): number | undefined => {
  if (which === "shielded" && result.device.infeasible) return undefined;
  let worst: number | undefined;
  result[which].forEach((judgement, rule) => {
    if (!judgement.enforced || judgement.verdict !== "broken") return;
    if (worst === undefined || judgement.upper < result[which][worst]!.upper) worst = rule;
  });
  return worst;
};

/** An artefact at work, beside its judges. */
export interface ProofTrial {
  readonly runtime: Runtime;
  readonly run: (window: PerturbedWindow) => TrialResult;
  readonly counterexample: (
    window: PerturbedWindow,
    result: TrialResult,
    which: "shielded" | "unshielded",
    found: { readonly kind: WindowKind; readonly path: string },
  ) => Counterexample | undefined;
}

/** What a trial needs beside the artefact; see `ProofRequest`. */
export interface TrialSettings {
  readonly provider: WindowProvider;
  readonly judges: readonly Judge[];
  readonly seed: number;
  readonly artefactPath?: string;
}

export const createProofTrial = (artefact: Artefact, request: TrialSettings): ProofTrial => {
  const { manifest, rules } = artefact;
  const plan = manifest.features;
  const channels = planChannels(plan);
  const sensors = plan.sensors.length;
  const runtime = createRuntime(artefact);
  const { horizonSteps } = runtime;

  const readingsOf = (window: PerturbedWindow): Readings =>
    applyPerturbations(request.provider.window(window.index), window, plan, manifest.readouts);

  /** Quanta of the plan's channels where rules read them. */
  const quanta = channels.map(
    (name) => manifest.ruleChannels.find(({ channel }) => channel === name)?.quantum ?? 0,
  );

  const traceOf = (readings: Readings, forecast: Float64Array): PanelTrace => {
    const steps = readings.steps + horizonSteps;
    const values = new Float64Array(channels.length * sensors * steps).fill(Number.NaN);
    for (let row = 0; row < channels.length * sensors; row++) {
      const quantum = quanta[Math.floor(row / sensors)]!;
      for (let step = 0; step < readings.steps; step++) {
        const reading = readings.values[row * readings.steps + step]!;
        // What is too large to be read counts as missing, by the definition of the artefact's rules.
        values[row * steps + step] =
          quantum > 0 && Math.abs(reading) > LARGEST_READING * quantum ? Number.NaN : reading;
      }
      if (row >= manifest.readouts.length * sensors) continue;
      values.set(
        forecast.subarray(row * horizonSteps, (row + 1) * horizonSteps),
        row * steps + readings.steps,
      );
    }
    return { values, steps, clock: readings.clock };
  };

  const judgeAll = (readings: Readings, forecast: Float64Array): Judgement[] => {
    const trace = traceOf(readings, forecast);
    return request.judges.map((judge, rule) => {
      const { lower, upper } = judge.judge(trace, readings.steps - 1);
      const verdict = lower >= -FLOAT_NOISE ? "kept" : upper < -FLOAT_NOISE ? "broken" : "unjudged";
      return { verdict, lower, upper, enforced: rules[rule]!.enforced };
    });
  };

  const run = (window: PerturbedWindow): TrialResult => {
    const readings = readingsOf(window);
    const device = runtime.forecast(readings);
    const { raw } = device;
    const unshielded = judgeAll(readings, device.physical(raw));
    const isUnchanged = device.shielded.every((value, cell) => value === raw[cell]);
    const shielded = isUnchanged ? unshielded : judgeAll(readings, device.physical(device.shielded));
    return { shielded, unshielded, device };
  };

  const counterexample: ProofTrial["counterexample"] = (window, result, which, { kind, path }) => {
    const rule = failingRule(result, which);
    if (rule === undefined) return undefined;
    const readings = readingsOf(window);
    const { device } = result;
    const trace = traceOf(readings, device.physical(which === "shielded" ? device.shielded : device.raw));
    const columns = manifest.ruleChannels.map(({ channel }) => channels.indexOf(channel));
    const place = decidingReading(rules[rule]!, (channel, sensor, step) => {
      const at = (columns[channel]! * sensors + sensor) * trace.steps + readings.steps - 1 + step;
      return trace.values[at]! / manifest.ruleChannels[channel]!.quantum;
    });
    const margin = result[which][rule]!.upper;
    const sensor = place === undefined ? "" : plan.sensors[place.sensor]!;
    const step = place?.step ?? 0;
    const { name } = rules[rule]!;
    const where = place === undefined ? "" : ` at ${sensor}, step ${step} from the origin`;
    return {
      kind,
      window,
      description: [
        ...describeWindow(window, channels, plan.sensors),
        `then the ${which} forecast breaks ${name} by ${Number((-margin).toPrecision(4))}${where}`,
      ],
      rule: name,
      margin,
      sensor,
      step,
      path,
      replayCommand: `ordinance verify ${request.artefactPath ?? "ARTEFACT"} --kind ${kind} --seed ${request.seed} --path ${path}`,
    };
  };
  return { runtime, run, counterexample };
};
