import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { type ColumnTable, textColumn } from "../../src/jobs/ColumnTable.ts";
import { tableToArrow } from "../../src/jobs/tableToArrow.ts";
import { tableToParquet } from "../../src/jobs/tableToParquet.ts";

const issued = Date.UTC(2017, 1, 28, 23, 55, 0, 1);
const sensors = ["Wien/Ü", "b & <c>", "Wien/Ü", "b & <c>"];
const valid = [issued + 300_000, Date.UTC(1969, 11, 31, 23, 59), Date.UTC(2100, 0, 1), issued];
const values = [0.1 + 0.2, -0, 1e-300, 123456.789];
const table: ColumnTable = [
  textColumn("sensor", sensors),
  { name: "issued_at", instants: new Float64Array(4).fill(issued) },
  { name: "valid_at", instants: Float64Array.from(valid) },
  { name: "next_at", instants: Float64Array.of(issued + 0.4, -1, Infinity, NaN), nullable: true },
  { name: "channel", names: ["pm10", "pm25"], codes: Int32Array.of(1, 0, 1, 0) },
  { name: "value", numbers: Float64Array.from(values) },
  { name: "rule_margin", numbers: Float64Array.of(-1.5, NaN, Infinity, -Infinity), nullable: true },
];

/** The rows that either file has to give back: whole milliseconds, what is not finite as null. */
const rows = sensors.map((sensor, row) => ({
  sensor,
  issued_at: issued,
  valid_at: valid[row],
  next_at: [issued, -1, null, null][row],
  channel: row % 2 === 0 ? "pm25" : "pm10",
  value: values[row],
  rule_margin: row === 0 ? -1.5 : null,
}));

const empty: ColumnTable = [
  textColumn("sensor", []),
  { name: "at", instants: new Float64Array(0) },
  { name: "value", numbers: new Float64Array(0), nullable: true },
];

const instants = new Set(["issued_at", "valid_at", "next_at"]);
const inMs = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      instants.has(name) && cell !== null ? Number(cell) : cell,
    ]),
  );

describe("tableToArrow", () => {
  it("gives every cell back through the Arrow reader", () => {
    const read = tableFromIPC(tableToArrow(table));
    expect(read.schema.fields.map((field) => `${field.name} ${field.type}`)).toEqual([
      "sensor Dictionary<Int32, Utf8>",
      "issued_at Timestamp<MILLISECOND>",
      "valid_at Timestamp<MILLISECOND>",
      "next_at Timestamp<MILLISECOND>",
      "channel Dictionary<Int32, Utf8>",
      "value Float64",
      "rule_margin Float64",
    ]);
    expect(Array.from({ length: read.numRows }, (_, row) => inMs(read.get(row)!.toJSON()))).toEqual(rows);
    expect(read.schema.fields.map(({ name }) => read.getChild(name)!.nullCount)).toEqual([
      0, 0, 0, 2, 0, 0, 3,
    ]);
  });

  it("can be empty", () => {
    expect(tableFromIPC(tableToArrow(empty)).numRows).toBe(0);
  });

  it("gives the same bytes for the same table", () => {
    expect(tableToArrow(table)).toEqual(tableToArrow(table));
  });
});

describe("tableToParquet", () => {
  const read = async (bytes: Uint8Array): Promise<Record<string, unknown>[]> =>
    parquetReadObjects({ file: bytes.slice().buffer });

  it("gives every cell back through the Parquet reader", async () => {
    expect((await read(tableToParquet(table))).map(inMs)).toEqual(rows);
  });

  it("can be empty", async () => {
    expect(await read(tableToParquet(empty))).toEqual([]);
  });

  it("gives the same bytes for the same table", () => {
    expect(tableToParquet(table)).toEqual(tableToParquet(table));
  });
});
