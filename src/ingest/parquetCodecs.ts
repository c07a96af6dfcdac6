import { compressors } from "hyparquet-compressors";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { SourceError } from "./Source.ts";

/** Every codec of Parquet but LZO; two of them unpack faster by the runtime's own. */
export const parquetCompressors = {
  ...compressors,
  GZIP: (input: Uint8Array): Uint8Array => gunzipSync(input),
  BROTLI: (input: Uint8Array): Uint8Array => brotliDecompressSync(input),
};

/** What is wrong with a Parquet file that could not be read. */
export const damagedParquet = (path: string, cause: unknown): SourceError => {
  const words = cause instanceof Error ? cause.message : String(cause);
  const codec = /unsupported compression codec: (\w+)/i.exec(words)?.[1];
  return new SourceError({
    place: path,
    reason:
      codec === undefined
        ? `the Parquet file is damaged or cut short (${words}); get it again.`
        : `its columns are packed with ${codec}, which is not understood; write it with snappy, zstd, gzip, brotli or lz4.`,
  });
};
