import { Effect, Schema } from "effect";
import { KernelThreadError } from "../kernels/KernelThreadError.ts";

/** The second thread of the kernels failed at work. */
export class ThreadFailed extends Schema.TaggedError<ThreadFailed>()("ThreadFailed", {
  /** What was going on, such as `the float phase, epoch 2, step 3`. */
  place: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `the second thread of the kernels failed in ${this.place}: ${this.reason}. Set training.threads: 1 in the pipeline and run it again: it goes on from the last epoch that was finished, to the same bytes`;
  }
}

/** Runs what may use the second thread: its failure is one of the effect, all else that is thrown a defect. */
export const onThreads = <A>(place: string, compute: () => A): Effect.Effect<A, ThreadFailed> =>
  Effect.try({ try: compute, catch: (cause) => cause }).pipe(
    Effect.catch((cause) =>
      cause instanceof KernelThreadError
        ? Effect.fail(new ThreadFailed({ place, reason: cause.reason }))
        : Effect.die(cause),
    ),
  );
