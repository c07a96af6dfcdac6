import { Effect, Stream } from "effect";
import type { ReadingContext, ReadingFile } from "./CsvReader.ts";
import { addClockTally } from "./LongRows.ts";
import { ReadingBatch, type Readings } from "./ReadingBatch.ts";
import { fileChannel } from "./sensorNames.ts";
import { SourceError } from "./Source.ts";
import { ZoneClock } from "./ZoneClock.ts";

const PACKAGE = "h5wasm";
const PACKAGE_VERSION = "0.10.3";

/** Rows of the table read at a time. */
const BLOCK_ROWS = 1024;

/** As much of an HDF5 data set as is used here. */
export interface Hdf5Dataset {
  readonly shape: readonly number[] | null;
  readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly value: unknown;
  readonly slice: (ranges: [number, number][]) => unknown;
}

/** As much of an HDF5 file as is used here. */
export interface Hdf5File {
  readonly keys: () => string[];
  /** The data set at a path, or null. */
  readonly get: (path: string) => unknown;
  readonly close: () => unknown;
}

/** Opens an HDF5 file for reading. */
export type OpenHdf5 = (path: string) => Promise<Hdf5File>;

interface Hdf5Package {
  readonly ready: Promise<unknown>;
  readonly File: new (path: string, mode: "r") => Hdf5File;
}

/** Opens a file with the package h5wasm, which is loaded only when a data set needs it. */
const openWithH5wasm: OpenHdf5 = async (path) => {
  // A name in a variable: the package is not among the dependencies, so the compiler must not look for it.
  const specifier = `${PACKAGE}/node`;
  let loaded: Hdf5Package;
  try {
    loaded = ((await import(specifier)) as { default: Hdf5Package }).default;
  } catch (cause) {
    throw new Error(
      `this data set is an HDF5 file, and the package that reads it is not installed; ` +
        `add it by \`npm install ${PACKAGE}@${PACKAGE_VERSION}\`.`,
      { cause },
    );
  }
  await loaded.ready;
  return new loaded.File(path, "r");
};

/**
 * Readings of an HDF5 file that pandas wrote as one fixed-format DataFrame of floats: `GROUP/axis0` sensors,
 * `GROUP/axis1` times, `GROUP/block0_values` one row a time.
 */
export const hdf5Batches = (
  context: ReadingContext,
  file: ReadingFile,
  open: OpenHdf5 = openWithH5wasm,
): Stream.Stream<Readings, SourceError> => {
  const failure = (cause: unknown) =>
    new SourceError({ place: file.path, reason: cause instanceof Error ? cause.message : String(cause) });
  const acquire = Effect.tryPromise({ try: () => open(file.path), catch: failure });
  return Stream.unwrap(
    Effect.acquireRelease(acquire, (opened) => Effect.sync(() => opened.close())).pipe(
      Effect.map((opened) => Stream.fromAsyncIterable(frameBatches(context, file, opened), failure)),
    ),
  );
};

async function* frameBatches(
  context: ReadingContext,
  file: ReadingFile,
  opened: Hdf5File,
): AsyncGenerator<Readings> {
  const { card, tally } = context;
  const group = opened.keys().find((key) => opened.get(`${key}/block0_values`) !== null);
  if (group === undefined) {
    throw new Error(
      `no DataFrame in it: looked for axis0, axis1 and block0_values in ${opened.keys().join(", ")}.`,
    );
  }
  const dataset = (name: string) => opened.get(`${group}/${name}`) as Hdf5Dataset;
  const sensors = Array.from(dataset("axis0").value as ArrayLike<unknown>, String);
  const times = dataset("axis1").value as ArrayLike<number | bigint>;
  const kind = dataset("axis1").attrs["kind"]?.value;
  const unit = typeof kind === "string" ? kind : "datetime64";
  const table = dataset("block0_values");
  if (table.shape?.[0] !== times.length || table.shape[1] !== sensors.length) {
    throw new Error(
      `its table is ${table.shape?.join(" x ")}, its axes ${times.length} x ${sensors.length}; get the file again.`,
    );
  }
  const channel = fileChannel(card, file);
  const missing = new Set(channel.missing ?? card.layout.missing ?? []);
  const clock = new ZoneClock(card.zone, card.layout.time.clock);
  const numbers = sensors.map((name) => context.sensors.indexOf(name));
  const batch = new ReadingBatch([channel.name], context.sensors);
  for (let from = 0; from < times.length; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, times.length);
    const block = table.slice([
      [from, to],
      [0, sensors.length],
    ]) as ArrayLike<number>;
    for (let row = from; row < to; row++) {
      tally.records++;
      const instant = clock.instantMs(wallOf(times[row]!, unit), -1);
      if (Number.isNaN(instant)) continue;
      for (let column = 0; column < sensors.length; column++) {
        const value = block[(row - from) * sensors.length + column]!;
        batch.values[0]![batch.rows] = missing.has(value) ? NaN : value;
        if (batch.commit(numbers[column]!, instant)) yield batch.take();
      }
    }
  }
  if (batch.rows > 0) yield batch.take();
  addClockTally(context, clock, sensors.length);
}

/** Milliseconds of a pandas time stamp; older files hold ns and say only `datetime64`. */
const wallOf = (stamp: number | bigint, unit: string): number => {
  const value = BigInt(stamp);
  if (unit.includes("[us]")) return Number(value / 1000n);
  if (unit.includes("[ms]")) return Number(value);
  if (unit.includes("[s]")) return Number(value) * 1000;
  return Number(value / 1_000_000n);
};
