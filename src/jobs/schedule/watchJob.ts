import { Effect, FileSystem, Path } from "effect";
import { formatDuration } from "../../ingest/parseDuration.ts";
import { openDeployedModel } from "../forecast/openDeployedModel.ts";
import { readingsFor, type ReadingsPlace } from "../forecast/readingsFor.ts";
import { instantFolder, instantOfFolder } from "../instantFolder.ts";
import { writeFileAtomically, writeRunDirectory } from "../RunDirectory.ts";
import { type ComparedModels, compareModels } from "../watch/compareModels.ts";
import { describeWatch } from "../watch/describeWatch.ts";
import { NEEDED_FORECASTS, watchModel, type WatchReport, watchSteps } from "../watch/watchModel.ts";
import { currentModel, modelsIn, NoModel, PINNED_FILE, pinOf } from "./currentModel.ts";
import { resultFolders } from "./resultFolders.ts";
import { runJob } from "./runJob.ts";
import { JobFailed, type JobOutcome } from "./ScheduledJob.ts";

export interface WatchJobOptions extends ReadingsPlace {
  /** Folder of a run, or folder of runs; see `currentModel`. */
  readonly model: string;
  /** Folder of the forecasts that are watched. */
  readonly forecasts: string;
  readonly lastMs: number;
  /** Pipeline that is trained anew where training can cure what is found; `model` is a folder of runs then. */
  readonly retrain?: string;
  /** No training sooner than this after the last one. */
  readonly retrainAfterMs: number;
  readonly productVersion: string;
  /** Folder that gets the results. */
  readonly home: string;
}

/** What was done about the models. */
export interface ModelChange {
  readonly kind: "none" | "rolled back" | "taken" | "rejected" | "put off";
  readonly reason: string;
}

/** In the folder of a run that did worse than the one before. */
const REJECTED_FILE = "rejected.json";

/** Watches the model in use at each instant; trains anew, and goes back to the model before, where that is called for. */
export const watchJob = (options: WatchJobOptions) => ({
  ...resultFolders(options.home),
  run: (instantMs: number) =>
    watchOnce(options, instantMs).pipe(
      Effect.mapError((error) =>
        error._tag === "JobFailed" ? error : new JobFailed({ reason: error.message }),
      ),
    ),
});

const watchOnce = Effect.fn("watchOnce")(function* (options: WatchJobOptions, instantMs: number) {
  const path = yield* Path.Path;
  const folder = yield* currentModel(options.model);
  const back = yield* rollBack(options, folder, instantMs);
  if (back !== undefined) {
    return yield* keep(options, instantMs, { verdict: "broken", change: back, report: null }, back.reason);
  }
  const open = yield* openDeployedModel(folder);
  const steps = watchSteps(open, options.lastMs);
  const { panel } = yield* readingsFor(options, folder, open, instantMs, steps);
  const span = { atMs: instantMs, lastMs: options.lastMs };
  const watched = yield* watchModel(open, folder, options.forecasts, panel, span).pipe(
    Effect.map((report) => ({ report, short: "" })),
    Effect.catchTag("NotEnoughToJudge", (error) =>
      Effect.succeed({ report: undefined, short: error.message }),
    ),
  );
  const { report } = watched;
  if (report === undefined) {
    const nothing = { kind: "none", reason: watched.short } as const;
    return yield* keep(
      options,
      instantMs,
      { verdict: "unjudged", change: nothing, report: null },
      watched.short,
    );
  }
  const change = yield* retrain(options, path.basename(folder), report, instantMs);
  const summary = `${describeWatch(report)
    .split("\n")
    .slice(0, report.findings.length + 1)
    .join(";")}${change.kind === "none" ? "" : `; ${change.kind}: ${change.reason}`}`;
  return yield* keep(options, instantMs, { verdict: report.verdict, change, report }, summary);
});

interface WatchFact {
  readonly verdict: WatchReport["verdict"] | "unjudged";
  readonly change: ModelChange;
  readonly report: WatchReport | null;
}

/** Leaves what was found and done in the folder of the instant. */
const keep = Effect.fn("keepWatch")(function* (
  { home }: WatchJobOptions,
  instantMs: number,
  fact: WatchFact,
  summary: string,
) {
  const path = yield* Path.Path;
  const text = `${JSON.stringify({ format: 1, instant: new Date(instantMs).toISOString(), ...fact }, undefined, 2)}\n`;
  yield* writeRunDirectory(path.join(home, instantFolder(instantMs)), { "watch.json": text });
  const verdict = fact.verdict === "well" ? "holds" : fact.verdict === "unjudged" ? "unjudged" : "broken";
  return { verdict, summary } satisfies JobOutcome;
});

/** Goes back to the model before where the one in use has done worse since it went live; undefined where it stays. */
const rollBack = Effect.fn("rollBack")(function* (
  options: WatchJobOptions,
  current: string,
  instantMs: number,
) {
  const path = yield* Path.Path;
  if (current === options.model || (yield* pinOf(options.model)) !== undefined) return undefined;
  const [young, ...before] = yield* modelsIn(options.model);
  const files = yield* FileSystem.FileSystem;
  const [old] = yield* Effect.filter(before, (name) =>
    Effect.map(files.exists(path.join(options.model, name, REJECTED_FILE)), (rejected) => !rejected),
  );
  if (young === undefined || old === undefined) return undefined;
  const compared = yield* compare(options, old, young, instantOfFolder(young), instantMs);
  if (compared.origins < NEEDED_FORECASTS || !(compared.low > 1)) return undefined;
  const reason = `since it went live ${young} errs ${times(compared)} as much as ${old} on the same ${compared.origins} origins`;
  yield* reject(path.join(options.model, young), reason);
  yield* pin(path.join(options.model, PINNED_FILE), old, reason);
  return { kind: "rolled back", reason } satisfies ModelChange;
});

const times = ({ high, low, ratio }: ComparedModels): string =>
  `${ratio.toPrecision(3)} times (${low.toPrecision(3)} to ${high.toPrecision(3)})`;

/** Trains anew where that can cure a finding, and takes the new model where it is not worse. */
const retrain = Effect.fn("retrain")(function* (
  options: WatchJobOptions,
  former: string,
  report: WatchReport,
  instantMs: number,
) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const change = (kind: ModelChange["kind"], reason: string): ModelChange => ({ kind, reason });
  if (!report.findings.some((finding) => finding.retrain))
    return change("none", "nothing that training cures");
  if (options.retrain === undefined) return change("none", "the schedule names no pipeline to train");
  const [newest] = yield* modelsIn(options.model);
  if (newest === undefined) {
    return yield* new NoModel({
      folder: options.model,
      reason: "`retrain` needs a folder of runs, named by their instants. Give that as model",
    });
  }
  const pinned = yield* pinOf(options.model);
  if (pinned !== undefined && pinned.by !== "watch") {
    return change(
      "put off",
      `${PINNED_FILE} holds ${pinned.model} (${pinned.reason}); remove it to train anew`,
    );
  }
  const fresh = instantFolder(instantMs);
  const sinceMs = instantMs - instantOfFolder(newest);
  if (newest !== fresh && sinceMs < options.retrainAfterMs) {
    return change(
      "put off",
      `${newest} is newer than ${formatDuration(options.retrainAfterMs)}, the least time between two trainings`,
    );
  }
  const pinFile = path.join(options.model, PINNED_FILE);
  // The old one stays in use until the new one has been tried, whatever stops this process.
  yield* pin(pinFile, former, `held while ${fresh} is tried`);
  const job = runJob({
    home: options.model,
    pipelinePath: options.retrain,
    productVersion: options.productVersion,
  });
  if (!(yield* job.isDone(instantMs))) yield* job.run(instantMs);
  const compared = yield* compare(options, former, fresh, -Infinity, instantMs);
  const words = `${fresh} errs ${times(compared)} as much as ${former} on ${compared.origins} origins that neither was trained on`;
  if (compared.origins >= NEEDED_FORECASTS && compared.ratio <= 1) {
    yield* files.remove(pinFile);
    return change("taken", words);
  }
  yield* reject(path.join(options.model, fresh), words);
  yield* pin(pinFile, former, words);
  return change("rejected", words);
});

const pin = (file: string, model: string, reason: string) =>
  writeFileAtomically(file, `${JSON.stringify({ format: 1, model, reason, by: "watch" }, undefined, 2)}\n`);

/** Marks the folder of a run that is never to be gone back to. */
const reject = Effect.fn("rejectModel")(function* (folder: string, reason: string) {
  const path = yield* Path.Path;
  yield* writeFileAtomically(
    path.join(folder, REJECTED_FILE),
    `${JSON.stringify({ format: 1, reason }, undefined, 2)}\n`,
  );
});

/** Two models of the folder of runs on what came since `fromMs`, as far as neither was trained on it. */
const compare = Effect.fn("compareRuns")(function* (
  options: WatchJobOptions,
  old: string,
  young: string,
  fromMs: number,
  toMs: number,
) {
  const path = yield* Path.Path;
  const folder = path.join(options.model, young);
  const former = yield* openDeployedModel(path.join(options.model, old));
  const fresh = yield* openDeployedModel(folder);
  const untrained = [former, fresh].map(({ model }) => Date.parse(model.reference?.testFrom ?? ""));
  // A model of an earlier version does not say from where on it was not trained: then nothing is compared.
  const sinceMs = untrained.some(Number.isNaN) ? toMs : Math.max(fromMs, ...untrained);
  const spanMs = Math.max(0, toMs - sinceMs);
  const steps = Math.max(watchSteps(former, spanMs), watchSteps(fresh, spanMs));
  const { panel } = yield* readingsFor(options, folder, fresh, toMs, steps);
  return yield* compareModels(former, fresh, panel, sinceMs, toMs);
});
