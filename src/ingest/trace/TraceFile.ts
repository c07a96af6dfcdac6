/** What every format of a recorded trace gives its readers: names of columns, and rows in batches. */
import type { FileSystem, Stream } from "effect";
import type { SourceError } from "../Source.ts";
import type { StampReader } from "./StampReader.ts";
import type { TraceFindings } from "./TraceFindings.ts";
import type { TraceLayout } from "./detectLayout.ts";

/** Rows of a trace, column by column. */
export interface TraceBatch {
  readonly rows: number;
  /** Milliseconds since 1970, NaN where the stamp cannot be read; the row's number, from 0, without a time column. */
  readonly instants: Float64Array;
  /** Index into `TraceNames.sensors.names`; undefined where the header names the sensors. */
  readonly sensors: Int32Array | undefined;
  /** Index into `TraceNames.signals.names`; undefined where the header names the signals. */
  readonly signals: Int32Array | undefined;
  /** One array for each of `layout.values`; NaN where missing. Empty where only the stamps were asked for. */
  readonly values: readonly Float64Array[];
  /** Line of the file, or number of the row, counted from 1. */
  readonly lines: Float64Array;
  /** Share of the file that has been read, 0..1. */
  readonly done: number;
}

export interface TraceReading {
  readonly layout: TraceLayout;
  readonly stamps: StampReader;
  readonly findings: TraceFindings;
  /** Leave the values out: a survey reads the stamps alone. */
  readonly stampsOnly: boolean;
}

export interface TraceFile {
  /** As the user named it; `standard input` for `-`. */
  readonly path: string;
  /** Such as `CSV (;)` or `Parquet, gzip`. */
  readonly format: string;
  readonly columns: readonly string[];
  /** Where the names of the columns stand, in words. */
  readonly header: string;
  /** Where a row stands, in words: `a.csv:12` or `a.parquet, row 12`. */
  readonly place: (line: number) => string;
  /** The rows from the first; each call reads the file anew. */
  readonly batches: (reading: TraceReading) => Stream.Stream<TraceBatch, SourceError, FileSystem.FileSystem>;
}

/** Rows of a batch that is full. */
export const BATCH_ROWS = 4096;
