/** Trains the model of an events run, going on from its checkpoint where there is one. */
import { Effect, FileSystem, Path } from "effect";
import { createHash } from "node:crypto";
import { createEventKernels } from "../../model/eventModel/eventKernels.ts";
import { randomTable } from "../../model/sharedTable/SharedTable.ts";
import { random } from "../../series/random.ts";
import {
  decodeEventCheckpoint,
  encodeEventCheckpoint,
  type EventCheckpoint,
} from "../../train/events/EventCheckpoint.ts";
import { streamTiming } from "../../train/events/StreamTiming.ts";
import { trainEventRounds } from "../../train/events/trainEventRounds.ts";
import { CHECKPOINT_FILE } from "../checkpointFile.ts";
import { Progress } from "../Progress.ts";
import { writeFileAtomically } from "../RunDirectory.ts";
import type { PreparedEvents } from "./prepareEvents.ts";

/** Streams of the seed. */
const [WEIGHTS, TABLE] = [0, 1];

/** Hash of everything that training depends on. */
const fingerprintOf = (run: PreparedEvents): string =>
  createHash("sha256")
    .update(
      JSON.stringify({
        data: run.loaded.sha256,
        from: run.panel.startMs,
        steps: run.panel.steps,
        rules: run.ruleTexts,
        events: run.pipeline.events,
        spans: run.spans,
        shape: run.shape,
        settings: run.settings,
        training: run.pipeline.training,
      }),
    )
    .digest("hex");

/**
 * Trains on the events of the training span, saving a checkpoint in `folder` after each round; the checkpoint stays until
 * `forgetCheckpoint`.
 */
export const trainEventRun = Effect.fn("trainEventRun")(function* (run: PreparedEvents, folder: string) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const { bins, parts, shape, times, tokens } = run;
  const { training } = run.pipeline;
  const file = path.join(folder, CHECKPOINT_FILE);
  const fingerprint = fingerprintOf(run);
  let checkpoint: EventCheckpoint | undefined;
  if (yield* files.exists(file)) {
    const found = decodeEventCheckpoint(yield* files.readFileString(file), shape, tokens);
    if (found?.fingerprint === fingerprint) {
      checkpoint = found;
      progress.note(`Resuming from ${file}: ${found.history.length} rounds are done.`);
    } else {
      progress.note(`${file} belongs to another training (data, rules or settings differ); starting anew.`);
    }
  }
  const timingOf = ({ gaps, instants }: typeof parts.training) => streamTiming(times, bins, instants, gaps);
  return yield* trainEventRounds(
    {
      kernels: createEventKernels(),
      shape,
      data: {
        training: parts.training.tokens,
        validation: parts.validation.tokens,
        timing: { training: timingOf(parts.training), validation: timingOf(parts.validation) },
      },
      settings: run.settings,
      rounds: { float: training.rounds, ternary: training.ternaryRounds },
      patience: training.patience,
      numbers: random(training.seed, WEIGHTS),
      ...(shape.codes.length > 1 && { table: randomTable(tokens, random(training.seed, TABLE)) }),
      fingerprint,
      ...(checkpoint && { checkpoint }),
    },
    {
      save: (state) => writeFileAtomically(file, encodeEventCheckpoint(state)),
      progress: (done, latest) =>
        progress.update(
          done,
          latest === undefined
            ? "first round"
            : `validation perplexity ${Math.exp(latest.which).toFixed(1)}, when ${latest.when.toFixed(3)} nats`,
        ),
    },
  );
});
