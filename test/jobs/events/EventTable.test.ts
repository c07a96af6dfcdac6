import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import {
  type EventTable,
  eventTableToArrow,
  eventTableToParquet,
} from "../../../src/jobs/events/EventTable.ts";

const table: EventTable = [
  { name: "sensor", text: ["a", "ä & <b>", "a"] },
  { name: "kind", text: ["jam", "jam", "clear"] },
  { name: "at", instants: [Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 2) + 0.4, Infinity] },
  { name: "share", numbers: Float64Array.of(0.1 + 0.2, 0, NaN) },
];
const rows = [
  { sensor: "a", kind: "jam", at: Date.UTC(2025, 0, 1), share: 0.1 + 0.2 },
  { sensor: "ä & <b>", kind: "jam", at: Date.UTC(2025, 0, 2), share: 0 },
  { sensor: "a", kind: "clear", at: null, share: null },
];

describe("a table of events", () => {
  it("is read back from Parquet, what is not finite as null", async () => {
    const { buffer } = eventTableToParquet(table);
    const read = await parquetReadObjects({ file: buffer as ArrayBuffer });
    expect(read.map((row) => ({ ...row, at: row["at"] === null ? null : Number(row["at"]) }))).toEqual(rows);
  });

  it("is read back from Arrow, and has the same bytes each time", () => {
    const bytes = eventTableToArrow(table);
    const read = tableFromIPC(bytes);
    const column = (name: string): unknown[] => [...read.getChild(name)!];
    for (const name of ["sensor", "kind", "share"] as const) {
      expect(column(name)).toEqual(rows.map((row) => row[name]));
    }
    expect(column("at").map((value) => (value === null ? null : Number(value)))).toEqual(
      rows.map(({ at }) => at),
    );
    expect(eventTableToArrow(table)).toEqual(bytes);
  });
});
