/** What is likely to happen after the last reading. */
import { nextEvent } from "../../model/eventModel/nextEvent.ts";
import { rollOutEvents } from "../../model/eventModel/rollOutEvents.ts";
import { TIMING_FEATURES, writeFeatures } from "../../series/events/EventTimes.ts";
import { gapWithSurvival, survivalOf } from "../../series/events/GapBins.ts";
import { random } from "../../series/random.ts";
import type { PreparedEvents } from "./prepareEvents.ts";
import type { NamedEventModel, ReadStream } from "./testEvents.ts";
import { startAt } from "./testHorizon.ts";

export interface IssuedEvents {
  /** [tokens], that the next event is this. */
  readonly next: Float64Array;
  /** [tokens], that there is one until the horizon. */
  readonly withinHorizon: Float64Array;
  /** Quantiles 0.1, 0.5 and 0.9 of the instant of the next event, ms since 1970, at or after the last reading. */
  readonly quantilesMs: readonly [number, number, number];
}

/** Stream of the seed that the futures of the forecast are drawn from. */
const FORECAST_STREAM = 2;

/** Forecasts from the last reading on, nothing having happened since the last event. */
export const issueEvents = (
  run: PreparedEvents,
  { model }: NamedEventModel,
  read: ReadStream,
): IssuedEvents => {
  const { bins, horizonSteps, panel, pipeline, times } = run;
  const now = panel.steps - 1;
  const start = startAt(read, now)!;
  const features = new Float32Array(TIMING_FEATURES);
  writeFeatures(times, start.instant, start.gap, features, 0);
  const { when, which } = nextEvent(model, start.state, start.token, features);
  const elapsed = (now - start.instant) * times.minutesPerStep;
  const left = survivalOf(bins, when, elapsed);
  const quantileMs = (level: number): number => {
    const gap = Math.max(elapsed, gapWithSurvival(bins, when, left * (1 - level)));
    return panel.startMs + now * panel.stepMs + (gap - elapsed) * 60_000;
  };
  return {
    next: which,
    withinHorizon: rollOutEvents(model, start, {
      times,
      bins,
      samples: pipeline.forecast.samples,
      horizon: horizonSteps,
      numbers: random(pipeline.training.seed, FORECAST_STREAM),
    }),
    quantilesMs: [quantileMs(0.1), quantileMs(0.5), quantileMs(0.9)],
  };
};
