/** Trains a model of events round by round: a float phase, then one with ternary weights from its best. */
import { Effect, Schema } from "effect";
import { copyEventParameters, type EventModelShape } from "../../model/eventModel/EventModel.ts";
import type { EventKernels } from "../../model/eventModel/eventKernels.ts";
import type { SharedTable } from "../../model/sharedTable/SharedTable.ts";
import type { Random } from "../../series/random.ts";
import type { EventCheckpoint, EventWeights, RoundRecord } from "./EventCheckpoint.ts";
import { scoreTimedEvents } from "./scoreEvents.ts";
import { type EventData, type EventSettings, eventRoundSteps, initialEventTraining } from "./trainEvents.ts";

export interface EventJob {
  readonly kernels: EventKernels;
  readonly shape: EventModelShape;
  readonly data: EventData;
  readonly settings: EventSettings;
  /** At most, of each phase. */
  readonly rounds: { readonly float: number; readonly ternary: number };
  /** Rounds without a better validation loss before a phase ends. */
  readonly patience: number;
  /** Draws the starting weights. */
  readonly numbers: Random;
  /** The table to start from; none in a model of one code. */
  readonly table?: SharedTable;
  readonly fingerprint: string;
  /** Continues from here where its fingerprint is that of the job. */
  readonly checkpoint?: EventCheckpoint;
}

export interface EventHooks<E, R> {
  /** Called after each round with all that a later run needs to go on. */
  readonly save: (checkpoint: EventCheckpoint) => Effect.Effect<void, E, R>;
  /** Called now and then with the share of the training that is done, 0..1. */
  readonly progress: (done: number, latest: RoundRecord | undefined) => void;
}

export interface TrainedEvents {
  readonly float: EventWeights;
  /** Of the same shape made ternary; absent where there was no such phase. */
  readonly ternary?: EventWeights;
  readonly history: readonly RoundRecord[];
}

/** The loss is no longer a number. */
export class EventTrainingDiverged extends Schema.TaggedError<EventTrainingDiverged>()(
  "EventTrainingDiverged",
  {
    phase: Schema.String,
    round: Schema.Number,
  },
) {
  override get message(): string {
    return `training diverged in the ${this.phase} phase, round ${this.round}: the validation loss is not a finite number. Lower training.learningRate or training.clipNorm`;
  }
}

/** Steps between two chances to be interrupted and to show progress. */
const STEPS_BETWEEN_BREATHS = 5;

/**
 * Runs both phases, or what a checkpoint leaves of them; the same seed gives the same bytes, and so does stopping and
 * resuming.
 */
export const trainEventRounds = Effect.fn("trainEventRounds")(function* <E, R>(
  job: EventJob,
  hooks: EventHooks<E, R>,
) {
  const { patience, rounds, shape } = job;
  let state: EventCheckpoint =
    job.checkpoint?.fingerprint === job.fingerprint
      ? job.checkpoint
      : {
          fingerprint: job.fingerprint,
          phase: "float",
          training: initialEventTraining(shape, job.numbers, job.table),
          history: [],
        };
  while (state.phase !== "done") {
    const { phase }: EventCheckpoint = state;
    const done = state.history.filter((record) => record.phase === phase).length;
    const improving = state.best === undefined || done - state.best.round < patience;
    if (done < rounds[phase] && improving) {
      state = yield* runRound(job, hooks, state, phase, done);
      yield* hooks.save(state);
      continue;
    }
    const { best, training } = state;
    const result: EventWeights = weightsOf(best ?? training);
    if (phase === "float" && rounds.ternary > 0) {
      const { best: _best, ...kept } = state;
      const started = initialEventTraining(shape, job.numbers, result.table);
      const parameters = copyEventParameters(result.parameters);
      state = { ...kept, phase: "ternary", training: { ...started, parameters }, float: result };
    } else {
      state = { ...state, phase: "done", ...(phase === "float" && { float: result }) };
    }
    yield* hooks.save(state);
  }
  const { best, float, history, training } = state;
  const last = weightsOf(best ?? training);
  return {
    float: float ?? last,
    ...(rounds.ternary > 0 && { ternary: last }),
    history,
  } satisfies TrainedEvents;
});

const weightsOf = ({ parameters, table }: EventWeights): EventWeights => ({
  parameters,
  ...(table && { table }),
});

const runRound = Effect.fnUntraced(function* (
  { data, kernels, rounds, settings, shape }: EventJob,
  hooks: Pick<EventHooks<never, never>, "progress">,
  state: EventCheckpoint,
  phase: "float" | "ternary",
  before: number,
) {
  const own: EventModelShape = phase === "ternary" ? { ...shape, ternary: true } : shape;
  const perRound = settings.epochs * Math.ceil(data.training.length / (settings.batch * settings.steps));
  const roundsBefore = before + (phase === "ternary" ? rounds.float : 0);
  const steps = eventRoundSteps(kernels, own, state.training, data, settings);
  let next = steps.next();
  for (let step = 0; next.done !== true; step++) {
    if (step % STEPS_BETWEEN_BREATHS === 0) {
      const share = (roundsBefore + Math.min(1, step / perRound)) / (rounds.float + rounds.ternary);
      hooks.progress(share, state.history.at(-1));
      yield* Effect.sleep(0);
    }
    next = steps.next();
  }
  const training = next.value;
  const { timing } = data;
  const losses = scoreTimedEvents(
    kernels,
    own,
    training.parameters,
    training.table,
    data.validation,
    settings,
    timing?.validation,
  );
  const record: RoundRecord = {
    phase,
    round: before + 1,
    ...losses,
    moved: movedShare(state.training.table, training.table),
    undone: training.undone,
  };
  const loss = losses.which + losses.when;
  if (!Number.isFinite(loss)) return yield* new EventTrainingDiverged({ phase, round: before + 1 });
  const better = state.best === undefined || loss < state.best.loss;
  return {
    ...state,
    training,
    history: [...state.history, record],
    ...(better && { best: { ...weightsOf(training), loss, round: before + 1 } }),
  } satisfies EventCheckpoint;
});

const movedShare = (before: SharedTable | undefined, after: SharedTable | undefined): number => {
  if (before === undefined || after === undefined) return 0;
  let moved = 0;
  for (let token = 0; token < after.tokens; token++) {
    if (after.cellOf[token] !== before.cellOf[token]) moved++;
  }
  return moved / after.tokens;
};
