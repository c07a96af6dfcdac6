import { type ColumnTable, textColumn } from "../ColumnTable.ts";
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
export const testedTable = (run: PreparedEvents, events: readonly TestedEvent[]): ColumnTable => {
  const { startMs, stepMs } = run.panel;
  const instantMs = (step: number): number => startMs + step * stepMs;
  const named = events.map(({ token }) => readToken(run, token));
  const quantile = (place: 0 | 1 | 2) =>
    Float64Array.from(events, ({ quantiles }) => instantMs(quantiles[place]));
  return [
    {
      name: "instant",
      instants: Float64Array.from(events, ({ instant }) => instantMs(instant)),
      nullable: true,
    },
    textColumn(
      "sensor",
      named.map(({ sensor }) => sensor),
    ),
    textColumn(
      "kind",
      named.map(({ kind }) => kind),
    ),
    {
      name: "probability",
      numbers: Float64Array.from(events, ({ probability }) => probability),
      nullable: true,
    },
    { name: "rank", numbers: Float64Array.from(events, ({ rank }) => rank), nullable: true },
    { name: "instant_10", instants: quantile(0), nullable: true },
    { name: "instant_50", instants: quantile(1), nullable: true },
    { name: "instant_90", instants: quantile(2), nullable: true },
  ];
};

/**
 * The forecast from the last reading on, a row a sensor and kind: that it is the next event, that it has one until the
 * horizon, and quantiles of the instant of the next event, which are the same in every row.
 */
export const forecastTable = (run: PreparedEvents, issued: IssuedEvents): ColumnTable => {
  const { panel, tokens } = run;
  const issuedAt = panel.startMs + (panel.steps - 1) * panel.stepMs;
  const named = Array.from({ length: tokens }, (_, token) => readToken(run, token));
  const same = (value: number) => new Float64Array(tokens).fill(value);
  return [
    textColumn(
      "sensor",
      named.map(({ sensor }) => sensor),
    ),
    textColumn(
      "kind",
      named.map(({ kind }) => kind),
    ),
    { name: "issued_at", instants: same(issuedAt), nullable: true },
    { name: "next_probability", numbers: issued.next, nullable: true },
    { name: "within_horizon", numbers: issued.withinHorizon, nullable: true },
    { name: "horizon_end", instants: same(issuedAt + run.horizonSteps * panel.stepMs), nullable: true },
    { name: "next_instant_10", instants: same(issued.quantilesMs[0]), nullable: true },
    { name: "next_instant_50", instants: same(issued.quantilesMs[1]), nullable: true },
    { name: "next_instant_90", instants: same(issued.quantilesMs[2]), nullable: true },
  ];
};
