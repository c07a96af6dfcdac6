import type { EventTable } from "./EventTable.ts";
import type { IssuedEvents } from "./issueEvents.ts";
import type { PreparedEvents } from "./prepareEvents.ts";
import type { TestedEvent } from "./testEvents.ts";

/** The sensor and the kind of event that a token stands for. */
export const readToken = (
  { kinds, panel }: Pick<PreparedEvents, "kinds" | "panel">,
  token: number,
): { readonly sensor: string; readonly kind: string } => ({
  sensor: panel.sensors[token % panel.sensors.length]!,
  kind: kinds[Math.floor(token / panel.sensors.length)]!.name,
});

/**
 * The events of the test span with what was said before each: instant, sensor, kind, probability, rank (1 for the
 * likeliest), and quantiles of the instant.
 */
export const testedTable = (run: PreparedEvents, events: readonly TestedEvent[]): EventTable => {
  const { startMs, stepMs } = run.panel;
  const instantMs = (step: number): number => startMs + step * stepMs;
  const named = events.map(({ token }) => readToken(run, token));
  const quantile = (place: 0 | 1 | 2) => events.map(({ quantiles }) => instantMs(quantiles[place]));
  return [
    { name: "instant", instants: events.map(({ instant }) => instantMs(instant)) },
    { name: "sensor", text: named.map(({ sensor }) => sensor) },
    { name: "kind", text: named.map(({ kind }) => kind) },
    { name: "probability", numbers: Float64Array.from(events, ({ probability }) => probability) },
    { name: "rank", numbers: Float64Array.from(events, ({ rank }) => rank) },
    { name: "instant_10", instants: quantile(0) },
    { name: "instant_50", instants: quantile(1) },
    { name: "instant_90", instants: quantile(2) },
  ];
};

/**
 * The forecast from the last reading on, a row a sensor and kind: that it is the next event, that it has one until the
 * horizon, and quantiles of the instant of the next event, which are the same in every row.
 */
export const forecastTable = (run: PreparedEvents, issued: IssuedEvents): EventTable => {
  const { panel, tokens } = run;
  const issuedAt = panel.startMs + (panel.steps - 1) * panel.stepMs;
  const named = Array.from({ length: tokens }, (_, token) => readToken(run, token));
  const same = (value: number): number[] => Array.from({ length: tokens }, () => value);
  return [
    { name: "sensor", text: named.map(({ sensor }) => sensor) },
    { name: "kind", text: named.map(({ kind }) => kind) },
    { name: "issued_at", instants: same(issuedAt) },
    { name: "next_probability", numbers: issued.next },
    { name: "within_horizon", numbers: issued.withinHorizon },
    { name: "horizon_end", instants: same(issuedAt + run.horizonSteps * panel.stepMs) },
    { name: "next_instant_10", instants: same(issued.quantilesMs[0]) },
    { name: "next_instant_50", instants: same(issued.quantilesMs[1]) },
    { name: "next_instant_90", instants: same(issued.quantilesMs[2]) },
  ];
};
