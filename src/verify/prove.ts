import * as fc from "fast-check";
import type { Artefact } from "../edge/Artefact.ts";
import { ArtefactError } from "../edge/ArtefactError.ts";
import type { DeviceForecast } from "../edge/DeviceForecast.ts";
import { checkGolden } from "../edge/golden.ts";
import { openArtefact } from "../edge/openArtefact.ts";
import { createRuntime, type Runtime } from "../edge/runtime.ts";
import { planChannels, type Readings } from "../series/features.ts";
import type { PanelTrace } from "../stl/compile/Site.ts";
import { clopperPearsonUpper } from "./clopperPearson.ts";
import { decidingReading } from "./decidingReading.ts";
import { describeWindow, type PerturbedWindow } from "./PerturbedWindow.ts";
import type { Counterexample, ProofReport, RuleProof } from "./ProofReport.ts";
import { applyPerturbations, perturbedWindows, type WindowProvider } from "./windows.ts";

const DEFAULT_CONFIDENCE = 0.95;
/** Robustness this little below zero is the noise of float64 sums, not a broken rule. */
const FLOAT_NOISE = 1e-8;
/** Windows between two chances for the rest of the program to run, a request to stop among it. */
const WINDOWS_AT_ONCE = 20;

/** Judges one rule of the artefact in physical units, by other means than the device. */
export interface Judge {
  readonly rule: string;
  /**
   * Bounds of the robustness at step `origin` of a trace with the channels of the feature plan, in its order: readings
   * up to the origin, the forecast after it, NaN for channels that are not forecast.
   */
  readonly judge: (trace: PanelTrace, origin: number) => { readonly lower: number; readonly upper: number };
}

export interface ProofRequest {
  readonly bytes: Uint8Array;
  readonly provider: WindowProvider;
  /** One for every rule of the artefact, enforced or not, in its order. */
  readonly judges: readonly Judge[];
  readonly runs: number;
  readonly seed: number;
  /** Looks at the one window of this path instead of `runs` windows. */
  readonly path?: string;
  /** 0.95 where left out. */
  readonly confidence?: number;
  /** How the artefact is called in the replay command; ARTEFACT where left out. */
  readonly artefactPath?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Tests on the artefact's own integers that its shielded forecasts keep the enforced rules, over real windows with
 * perturbations (see {@link perturbedWindows}), judged by an independent monitor in physical units.
 *
 * A window that breaks a rule is shrunk to the smallest found. Throws an {@link ArtefactError} for an artefact that
 * cannot be opened, whose golden vectors differ here, or whose rules are not those of the judges.
 */
export const proveArtefact = async (request: ProofRequest): Promise<ProofReport> => {
  const artefact = openArtefact(request.bytes);
  checkGolden(artefact);
  checkJudges(artefact, request.judges);
  const trial = createTrial(artefact, request);
  const windows = perturbedWindows(artefact.manifest.features, request.provider, trial.runtime.contextSteps);
  const tally = createTally(artefact);

  if (request.path === undefined) {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(windows, async (window) => {
        tally.add(trial.run(window));
        done++;
        if (done % WINDOWS_AT_ONCE !== 0) return;
        request.onProgress?.(done, request.runs);
        await breath();
      }),
      { seed: request.seed, numRuns: request.runs },
    );
  } else {
    tally.add(trial.run(windowAt(windows, request.seed, request.path)));
  }
  request.onProgress?.(tally.runs(), tally.runs());

  const smallest = async (kind: "shielded" | "unshielded"): Promise<Counterexample | undefined> => {
    if (request.path !== undefined) {
      const window = windowAt(windows, request.seed, request.path);
      return trial.counterexample(window, trial.run(window), kind, request.path);
    }
    const details = await fc.check(
      fc.asyncProperty(windows, async (window) => {
        await breath();
        return failingRule(trial.run(window), kind) === undefined;
      }),
      { seed: request.seed, numRuns: request.runs },
    );
    const window = details.counterexample?.[0];
    if (window === undefined) return undefined;
    return trial.counterexample(window, trial.run(window), kind, details.counterexamplePath!);
  };
  const counts = tally.counts();
  const counterexample = counts.failures > 0 ? await smallest("shielded") : undefined;
  const unshieldedCounterexample = counts.unshieldedFailures > 0 ? await smallest("unshielded") : undefined;
  const confidence = request.confidence ?? DEFAULT_CONFIDENCE;
  return {
    artefactSha256: artefact.sha256,
    rulesSha256: artefact.manifest.rulesSha256,
    seed: request.seed,
    ...counts,
    confidence,
    failureRateBound: clopperPearsonUpper(counts.failures, counts.judged, confidence),
    rules: tally.rules(),
    ...(counterexample === undefined ? {} : { counterexample }),
    ...(unshieldedCounterexample === undefined ? {} : { unshieldedCounterexample }),
    passed: counts.judged > 0 && counts.failures === 0 && counts.disagreements === 0,
  };
};

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const checkJudges = (artefact: Artefact, judges: readonly Judge[]): void => {
  const named = artefact.rules.map((rule) => rule.name).join(", ");
  const judged = judges.map((judge) => judge.rule).join(", ");
  if (named !== judged) {
    throw new ArtefactError(
      "malformed",
      `the artefact carries the rules ${named || "(none)"}, but the spec judges ${judged || "(none)"}; ` +
        "verify with the spec it was exported with",
    );
  }
};

/** The window that fast-check makes at a path, whether or not it fails. */
const windowAt = (windows: fc.Arbitrary<PerturbedWindow>, seed: number, path: string): PerturbedWindow => {
  let first: PerturbedWindow | undefined;
  fc.check(
    fc.property(windows, (window) => {
      first ??= window;
      return false;
    }),
    { seed, path, endOnFailure: true },
  );
  if (first === undefined) {
    throw new RangeError(`there is no window at path ${path} under seed ${seed}; copy both from the report`);
  }
  return first;
};

type Verdict = "kept" | "broken" | "unjudged";

interface TrialResult {
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
const failingRule = (result: TrialResult, kind: "shielded" | "unshielded"): number | undefined => {
  if (kind === "shielded" && result.device.infeasible) return undefined;
  let worst: number | undefined;
  result[kind].forEach((judgement, rule) => {
    if (!judgement.enforced || judgement.verdict !== "broken") return;
    if (worst === undefined || judgement.upper < result[kind][worst]!.upper) worst = rule;
  });
  return worst;
};

interface Trial {
  readonly runtime: Runtime;
  readonly run: (window: PerturbedWindow) => TrialResult;
  readonly counterexample: (
    window: PerturbedWindow,
    result: TrialResult,
    kind: "shielded" | "unshielded",
    path: string,
  ) => Counterexample | undefined;
}

const createTrial = (artefact: Artefact, request: ProofRequest): Trial => {
  const { manifest, rules } = artefact;
  const plan = manifest.features;
  const channels = planChannels(plan);
  const sensors = plan.sensors.length;
  const runtime = createRuntime(artefact);
  const { horizonSteps } = runtime;

  const readingsOf = (window: PerturbedWindow): Readings =>
    applyPerturbations(request.provider.window(window.index), window.perturbations, plan, manifest.readouts);

  const traceOf = (readings: Readings, forecast: Float64Array): PanelTrace => {
    const steps = readings.steps + horizonSteps;
    const values = new Float64Array(channels.length * sensors * steps).fill(Number.NaN);
    for (let row = 0; row < channels.length * sensors; row++) {
      values.set(readings.values.subarray(row * readings.steps, (row + 1) * readings.steps), row * steps);
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
    return {
      shielded: judgeAll(readings, device.physical(device.shielded)),
      unshielded: judgeAll(readings, device.physical(device.raw)),
      device,
    };
  };

  const counterexample: Trial["counterexample"] = (window, result, kind, path) => {
    const rule = failingRule(result, kind);
    if (rule === undefined) return undefined;
    const readings = readingsOf(window);
    const { device } = result;
    const trace = traceOf(readings, device.physical(kind === "shielded" ? device.shielded : device.raw));
    const columns = manifest.ruleChannels.map(({ channel }) => channels.indexOf(channel));
    const place = decidingReading(rules[rule]!, (channel, sensor, step) => {
      const at = (columns[channel]! * sensors + sensor) * trace.steps + readings.steps - 1 + step;
      return trace.values[at]! / manifest.ruleChannels[channel]!.quantum;
    });
    const margin = result[kind][rule]!.upper;
    const sensor = place === undefined ? "" : plan.sensors[place.sensor]!;
    const step = place?.step ?? 0;
    const { name } = rules[rule]!;
    const where = place === undefined ? "" : ` at ${sensor}, step ${step} from the origin`;
    return {
      window,
      description: [
        ...describeWindow(window, channels, plan.sensors),
        `then the ${kind} forecast breaks ${name} by ${Number((-margin).toPrecision(4))}${where}`,
      ],
      rule: name,
      margin,
      sensor,
      step,
      path,
      replayCommand: `ordinance verify ${request.artefactPath ?? "ARTEFACT"} --seed ${request.seed} --path ${path}`,
    };
  };
  return { runtime, run, counterexample };
};

type Counts = Pick<
  ProofReport,
  "runs" | "judged" | "unjudged" | "infeasible" | "failures" | "disagreements" | "unshieldedFailures"
>;

const createTally = (
  artefact: Artefact,
): {
  add: (result: TrialResult) => void;
  runs: () => number;
  counts: () => Counts;
  rules: () => RuleProof[];
} => {
  let [runs, judged, unjudged, infeasible, failures, disagreements, unshieldedFailures] = [
    0, 0, 0, 0, 0, 0, 0,
  ];
  const rules = artefact.rules.map(({ name, enforced }) => ({
    name,
    enforced,
    kept: 0,
    broken: 0,
    unjudged: 0,
    restored: 0,
    smallestMargin: null as number | null,
  }));

  const add = (result: TrialResult): void => {
    runs++;
    const { device } = result;
    const contradicted = device.rules.some(
      ({ flag, enforced }, rule) =>
        enforced &&
        (flag === "satisfied" || flag === "restored") &&
        result.shielded[rule]!.verdict === "broken",
    );
    if (contradicted) disagreements++;
    if (failingRule(result, "unshielded") !== undefined) unshieldedFailures++;
    if (device.infeasible) {
      infeasible++;
      return;
    }
    const failed = failingRule(result, "shielded") !== undefined;
    const undecided = result.shielded.some((each) => each.enforced && each.verdict === "unjudged");
    if (failed) failures++;
    if (failed || !undecided) judged++;
    else unjudged++;
    result.shielded.forEach(({ verdict, lower }, index) => {
      const rule = rules[index]!;
      rule[verdict]++;
      if (device.rules[index]!.flag === "restored") rule.restored++;
      if (verdict !== "unjudged" && Number.isFinite(lower)) {
        rule.smallestMargin = Math.min(rule.smallestMargin ?? Infinity, lower);
      }
    });
  };
  return {
    add,
    runs: () => runs,
    counts: () => ({ runs, judged, unjudged, infeasible, failures, disagreements, unshieldedFailures }),
    rules: () => rules,
  };
};
