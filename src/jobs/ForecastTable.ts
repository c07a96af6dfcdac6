import {
  Dictionary,
  Float64,
  Int32,
  makeVector,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";

/** Columns of an issued forecast, one entry a row. */
export interface ForecastTable {
  readonly sensor: readonly string[];
  readonly issuedAtMs: readonly number[];
  readonly validAtMs: readonly number[];
  readonly channel: readonly string[];
  readonly quantile: Float64Array;
  readonly value: Float64Array;
  /** Smallest robustness of the enforced rules on this quantile's forecast, in units of each rule's scale. */
  readonly ruleMargin: Float64Array;
}

/** The table as an Arrow IPC file (columns sensor, issued_at, valid_at, channel, quantile, value, rule_margin). */
export const forecastToArrow = (table: ForecastTable): Uint8Array => {
  // Numbered here: by itself Arrow counts dictionaries up, and the same table would have other bytes.
  const text = (values: readonly string[], dictionary: number) =>
    vectorFromArray(values, new Dictionary(new Utf8(), new Int32(), dictionary));
  const instant = (values: readonly number[]) =>
    vectorFromArray(
      values.map((value) => new Date(value)),
      new TimestampMillisecond(),
    );
  return tableToIPC(
    new Table({
      sensor: text(table.sensor, 0),
      issued_at: instant(table.issuedAtMs),
      valid_at: instant(table.validAtMs),
      channel: text(table.channel, 1),
      quantile: makeVector(table.quantile),
      value: makeVector(table.value),
      rule_margin: vectorFromArray(nullable(table.ruleMargin), new Float64()),
    }),
    "file",
  );
};

/** The same table as a Parquet file. */
export const forecastToParquet = (table: ForecastTable): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "sensor", data: [...table.sensor], type: "STRING" },
        { name: "issued_at", data: table.issuedAtMs.map((value) => new Date(value)), type: "TIMESTAMP" },
        { name: "valid_at", data: table.validAtMs.map((value) => new Date(value)), type: "TIMESTAMP" },
        { name: "channel", data: [...table.channel], type: "STRING" },
        { name: "quantile", data: table.quantile, type: "DOUBLE" },
        { name: "value", data: table.value, type: "DOUBLE" },
        { name: "rule_margin", data: nullable(table.ruleMargin), type: "DOUBLE", nullable: true },
      ],
    }),
  );

/** A margin that could not be judged is null in the files, never a number that is not one. */
const nullable = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));
