import { Effect, Stream } from "effect";
import { fileBytes } from "../csvSource.ts";

/** Makes batches of the bytes of a text that is read piece by piece; `share` is how far the reading is, 0 to 1. */
interface TextRows<Batch> {
  push(chunk: Uint8Array, share: number): readonly Batch[];
  end(): readonly Batch[];
}

/** What is packed tells no share of what is unpacked: a text packs to about a sixth. */
const PACKING = 6;

/** The batches of a text file of `size` bytes on disk. */
export const textBatches = <Batch>(
  file: string,
  size: bigint,
  packed: boolean,
  begin: () => TextRows<Batch>,
) =>
  Stream.suspend(() => {
    const rows = begin();
    let read = 0;
    const total = Number(size) * (packed ? PACKING : 1);
    return fileBytes(file).pipe(
      Stream.map((chunk) => rows.push(chunk, Math.min(1, (read += chunk.length) / total))),
      Stream.concat(Stream.fromEffect(Effect.sync(() => rows.end()))),
      Stream.flattenIterable,
    );
  });
