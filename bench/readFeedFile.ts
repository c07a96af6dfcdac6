// Reads a CSV or Parquet file as a source of a feed, batch by batch, and prints how many rows it has and the most memory
// that the process took: tsx bench/readFeedFile.ts KIND FILE
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, Stream } from "effect";
import { readFileSync } from "node:fs";
import { feedSource } from "./feedSource.ts";

const [kind = "csv", path = ""] = process.argv.slice(2);
let rows = 0;
await Effect.runPromise(
  Stream.runForEach(feedSource(kind as "csv" | "parquet", path).batches, ({ readings }) =>
    Effect.sync(() => {
      rows += readings.numRows;
    }),
  ).pipe(Effect.provide(NodeFileSystem.layer)),
);
// Of the process itself: what getrusage tells begins with the parent's memory, from which this one was forked.
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
console.log(JSON.stringify({ rows, megabytes: Number(peak) / 1024 }));
