/** Ordinance as a library: rules, series and device runtime as namespaces, and the main job as an Effect. */
export * as Edge from "./edge/index.ts";
export * as Series from "./series/index.ts";
export * as Stl from "./stl/index.ts";
export { DataPlace } from "./ingest/DataPlace.ts";
export { type Feed, readFeed } from "./ingest/feed/readFeed.ts";
export { type LoadedPanel, loadPanel } from "./ingest/loadPanel.ts";
export { readCard } from "./ingest/readCard.ts";
export type { StoreCard } from "./ingest/store/StoreCard.ts";
export { openReadingStore, type ReadingStore, type StoredReadings } from "./ingest/store/ReadingStore.ts";
export { readReadingStore } from "./ingest/store/readReadingStore.ts";
export { ingestFeed } from "./jobs/ingest/ingestFeed.ts";
export { Progress } from "./jobs/Progress.ts";
export { type RunOptions, runPipeline, type RunResult } from "./jobs/runPipeline.ts";
