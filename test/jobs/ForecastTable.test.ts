import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { type ForecastTable, forecastToArrow, forecastToParquet } from "../../src/jobs/ForecastTable.ts";

const issued = Date.UTC(2017, 1, 28, 23, 55, 0, 1);
const first = Date.UTC(1969, 11, 31, 23, 59);
const table: ForecastTable = {
  sensor: ["Wien/Ü", "b", "Wien/Ü", "b"],
  issuedAtMs: [issued, issued, issued, issued],
  validAtMs: [issued + 300_000, first, Date.UTC(2100, 0, 1), issued],
  channel: ["pm25", "pm10", "pm25", "pm10"],
  quantile: Float64Array.of(0.1, 0.5, 0.9, 0.5),
  value: Float64Array.of(0.1 + 0.2, -0, 1e-300, 123456.789),
  ruleMargin: Float64Array.of(-1.5, Number.NaN, Infinity, -Infinity),
};

/** The rows that either file has to give back: instants in milliseconds, a margin that is no number as null. */
const rows = table.sensor.map((sensor, row) => ({
  sensor,
  issued_at: table.issuedAtMs[row],
  valid_at: table.validAtMs[row],
  channel: table.channel[row],
  quantile: table.quantile[row],
  value: table.value[row],
  rule_margin: row === 0 ? -1.5 : null,
}));

const empty: ForecastTable = {
  sensor: [],
  issuedAtMs: [],
  validAtMs: [],
  channel: [],
  quantile: new Float64Array(0),
  value: new Float64Array(0),
  ruleMargin: new Float64Array(0),
};

describe("forecastToArrow", () => {
  it("gives every cell back through the Arrow reader", () => {
    const read = tableFromIPC(forecastToArrow(table));
    expect(read.schema.fields.map((field) => `${field.name} ${field.type}`)).toEqual([
      "sensor Dictionary<Int32, Utf8>",
      "issued_at Timestamp<MILLISECOND>",
      "valid_at Timestamp<MILLISECOND>",
      "channel Dictionary<Int32, Utf8>",
      "quantile Float64",
      "value Float64",
      "rule_margin Float64",
    ]);
    const back = Array.from({ length: read.numRows }, (_, row) => {
      const record = read.get(row)!;
      return {
        ...record.toJSON(),
        issued_at: Number(record["issued_at"]),
        valid_at: Number(record["valid_at"]),
      };
    });
    expect(back).toEqual(rows);
    expect(read.getChild("rule_margin")!.nullCount).toBe(3);
  });

  it("can be empty", () => {
    expect(tableFromIPC(forecastToArrow(empty)).numRows).toBe(0);
  });

  it("gives the same bytes for the same table", () => {
    expect(forecastToArrow(table)).toEqual(forecastToArrow(table));
  });
});

describe("forecastToParquet", () => {
  const read = async (bytes: Uint8Array): Promise<Record<string, unknown>[]> =>
    parquetReadObjects({ file: bytes.slice().buffer });

  it("gives every cell back through the Parquet reader", async () => {
    const back = (await read(forecastToParquet(table))).map((row) => ({
      ...row,
      issued_at: (row["issued_at"] as Date).getTime(),
      valid_at: (row["valid_at"] as Date).getTime(),
    }));
    expect(back).toEqual(rows);
  });

  it("can be empty", async () => {
    expect(await read(forecastToParquet(empty))).toEqual([]);
  });

  it("gives the same bytes for the same table", () => {
    expect(forecastToParquet(table)).toEqual(forecastToParquet(table));
  });
});
