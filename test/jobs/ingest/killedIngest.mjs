// Takes in the feed named on the command line until it is killed.
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, Layer } from "effect";
import { ingestFeed } from "../../../dist/jobs/ingest/ingestFeed.js";
import { Progress } from "../../../dist/jobs/Progress.js";

await Effect.runPromise(
  Effect.scoped(Effect.flatMap(ingestFeed(process.argv[2], { once: false }), ({ run }) => run)).pipe(
    Effect.provide(Layer.mergeAll(NodeFileSystem.layer, Progress.silent)),
  ),
);
