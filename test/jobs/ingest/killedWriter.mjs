// Appends batch after batch to the store in the folder named on the command line, from the batch named there on, and
// prints the number of each that is acknowledged. Ended by a kill.
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect } from "effect";
import { ReadingBatch } from "../../../dist/ingest/ReadingBatch.js";
import { SensorTable } from "../../../dist/ingest/SensorTable.js";
import { openReadingStore } from "../../../dist/ingest/store/ReadingStore.js";
import { killedCard, killedRow, ROWS_PER_BATCH } from "./killedRows.mjs";

const [folder, first] = process.argv.slice(2);
const sensors = new SensorTable();
const channels = killedCard.channels.map(({ name }) => name);

const append = (store, number) =>
  Effect.suspend(() => {
    const batch = new ReadingBatch(channels, sensors);
    for (let at = 0; at < ROWS_PER_BATCH; at++) {
      const { instantMs, sensor, value } = killedRow(number * ROWS_PER_BATCH + at);
      for (const [channel, column] of batch.values.entries()) column[batch.rows] = value + channel;
      batch.commit(sensors.indexOf(sensor), instantMs);
    }
    return Effect.flatMap(store.append(batch.take()), () =>
      Effect.sync(() => process.stdout.write(`${number}\n`)),
    );
  });

const endless = Effect.gen(function* () {
  const store = yield* openReadingStore(folder, killedCard);
  for (let number = Number(first); ; number++) yield* append(store, number);
});
await Effect.runPromise(Effect.scoped(endless).pipe(Effect.provide(NodeFileSystem.layer)));
