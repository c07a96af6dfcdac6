import { parquetWriteBuffer } from "hyparquet-writer";
import type { ScoreRow } from "./scoreRows.ts";

/** The rows as a Parquet file (columns fold, target, model, by, key, score, value, count); value is null where not defined. */
export const scoresToParquet = (rows: readonly ScoreRow[]): Uint8Array => {
  const text = (name: keyof ScoreRow) => ({
    name,
    data: rows.map((row) => row[name] as string),
    type: "STRING" as const,
  });
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        text("fold"),
        text("target"),
        text("model"),
        text("by"),
        text("key"),
        text("score"),
        { name: "value", data: rows.map(({ value }) => value), type: "DOUBLE", nullable: true },
        { name: "count", data: Float64Array.from(rows, ({ count }) => count), type: "DOUBLE" },
      ],
    }),
  );
};
