import { Effect } from "effect";
import type { FeedSource } from "../src/ingest/source/FeedSource.ts";
import { openSource } from "../src/ingest/source/openSource.ts";
import { ON_GRID } from "../src/ingest/store/ResampleRule.ts";
import { CHANNELS } from "./readingFiles.ts";

/** A file of `readingFiles` as a source of a feed. */
export const feedSource = (kind: "csv" | "parquet", path: string): FeedSource =>
  openSource(
    { kind, path, time: { column: "time", clock: "utc" }, sensor: { column: "detector" } },
    {
      folder: ".",
      card: {
        name: "bench",
        zone: "Europe/Berlin",
        stepMs: 300_000,
        channels: CHANNELS.map((name) => ({ name, unit: "1" })),
        resample: ON_GRID,
        sensors: [],
        lateAfterMs: 600_000,
        deadAfterMs: 3_600_000,
      },
      position: () => Effect.succeed(undefined),
    },
    true,
  );
