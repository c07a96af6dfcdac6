import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import type { JobOutcome } from "../schedule/ScheduledJob.ts";

export interface StoredForecast {
  readonly group: string;
  readonly instantMs: number;
  readonly issuedAt: string;
  readonly verdict: JobOutcome["verdict"];
  readonly parquet: Uint8Array;
  readonly facts: string;
  readonly worker: string;
}

/** Makes the table of forecasts where there is none. */
export const createResults = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  // Several workers may begin at once: Postgres lets only one of them create a table.
  yield* sql`SELECT pg_advisory_lock(7206)`.pipe(
    Effect.andThen(sql`
      CREATE TABLE IF NOT EXISTS ordinance_forecasts (
        group_name text NOT NULL,
        instant timestamptz NOT NULL,
        issued_at timestamptz NOT NULL,
        verdict text NOT NULL,
        parquet bytea NOT NULL,
        facts jsonb NOT NULL,
        worker text NOT NULL,
        PRIMARY KEY (group_name, instant)
      )`),
    Effect.andThen(sql`SELECT pg_advisory_unlock(7206)`),
    (locked) => sql.withTransaction(locked),
  );
});

/** Keeps a forecast; the first of a group and instant stays. */
export const keepForecast = Effect.fn("keepForecast")(function* (forecast: StoredForecast) {
  const sql = yield* SqlClient.SqlClient;
  const { facts, group, instantMs, issuedAt, parquet, verdict, worker } = forecast;
  yield* sql`
    INSERT INTO ordinance_forecasts (group_name, instant, issued_at, verdict, parquet, facts, worker)
    VALUES (${group}, ${new Date(instantMs)}, ${new Date(issuedAt)}, ${verdict}, ${parquet}, ${facts}::jsonb, ${worker})
    ON CONFLICT DO NOTHING`;
});

/** Newest instant at which a group has a forecast, ms since 1970; undefined where there is none. */
export const newestForecast = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly newest: Date | null }>`
    SELECT max(instant) AS newest FROM ordinance_forecasts`;
  return rows[0]?.newest?.getTime();
});
