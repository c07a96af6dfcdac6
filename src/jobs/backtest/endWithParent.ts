import { Effect } from "effect";

/**
 * Interrupts an effect when standard input ends. A parent that holds the other end of that pipe need not say that it goes:
 * the system closes the pipe however the parent ends, also by `kill -9`.
 */
export const endWithParent = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, parentGone);

const parentGone = Effect.callback<never>((resume) => {
  const { stdin } = process;
  const gone = (): void => resume(Effect.interrupt);
  stdin.once("end", gone).once("close", gone).resume();
  return Effect.sync(() => {
    stdin.off("end", gone).off("close", gone);
    // Read no further, or the process would wait for the parent.
    stdin.destroy();
  });
});
