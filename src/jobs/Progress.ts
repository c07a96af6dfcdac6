import { Context, Effect, Layer } from "effect";

/** Where long work says how far it is; the command line draws it, tests and libraries leave it silent. */
export class Progress extends Context.Service<
  Progress,
  {
    /** Begins a stage; the one before it has ended. */
    readonly stage: (name: string) => void;
    /** Share of the stage that is done, 0..1, and a few words. */
    readonly update: (done: number, words: string) => void;
    /** A line that stays: a result or a remark. */
    readonly note: (line: string) => void;
    /** Ends the last stage. */
    readonly end: () => void;
  }
>()("ordinance/jobs/Progress") {
  static readonly silent = Layer.succeed(
    Progress,
    Progress.of({ stage: () => {}, update: () => {}, note: () => {}, end: () => {} }),
  );
}

/** Runs an effect as a stage and gives its duration in seconds beside its result. */
export const timedStage = <A, E, R>(name: string, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const progress = yield* Progress;
    progress.stage(name);
    const startedAt = performance.now();
    const result = yield* work;
    return { result, timing: { stage: name, seconds: (performance.now() - startedAt) / 1000 } };
  });
