import { Clock, Duration, Effect, Layer } from "effect";

/**
 * A clock that stands at `startMs` now and runs `speed` times as fast as the machine's: with it a schedule replays what
 * was recorded. Every wait and time limit is shortened alike.
 *
 * @param speed above 0
 */
export const replayClock = (startMs: number, speed: number): Layer.Layer<never> => {
  const real = Clock.Clock.defaultValue();
  const begunMs = performance.now();
  const millis = (): number => Math.floor(startMs + (performance.now() - begunMs) * speed);
  const nanos = (): bigint => BigInt(millis()) * 1_000_000n;
  return Layer.succeed(Clock.Clock, {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => real.sleep(Duration.millis(Duration.toMillis(duration) / speed)),
  });
};
