import {
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  type Vector,
} from "apache-arrow";
import type { SensorTable } from "./SensorTable.ts";

/** Names of the first two columns of every batch; one float64 column a channel follows. */
export const SENSOR_COLUMN = "sensor";
export const INSTANT_COLUMN = "instant";

/** Rows a batch holds. */
export const BATCH_ROWS = 32_768;

const TWO_TO_32 = 4_294_967_296;

/** A record batch of readings: dictionary-encoded sensor, UTC instant in ms, one nullable column a channel. */
export type Readings = RecordBatch;

/**
 * Gathers readings into Arrow record batches without an object a reading.
 *
 * Fill the arrays at `rows` and call `commit()`; take a batch whenever it says that one is full.
 */
export class ReadingBatch {
  readonly channels: readonly string[];
  readonly sensors: SensorTable;
  /** Sensor numbers of the rows gathered so far. */
  sensor = new Int32Array(BATCH_ROWS);
  /** One array a channel; NaN is missing. */
  values: Float64Array[];
  rows = 0;
  #instant = new Int32Array(BATCH_ROWS * 2);
  readonly #schema: Schema;
  readonly #sensorType = new Dictionary(new Utf8(), new Int32(), 0);
  #dictionary: Vector<Utf8> | undefined;
  #dictionarySize = 0;

  constructor(channels: readonly string[], sensors: SensorTable) {
    this.channels = channels;
    this.sensors = sensors;
    this.values = channels.map(() => new Float64Array(BATCH_ROWS));
    this.#schema = new Schema([
      new Field(SENSOR_COLUMN, this.#sensorType, false),
      new Field(INSTANT_COLUMN, new TimestampMillisecond("UTC"), false),
      ...channels.map((channel) => new Field(channel, new Float64(), true)),
    ]);
  }

  /** Closes the row at `rows`, whose sensor and values are already set; true where the batch is now full. */
  commit(sensor: number, instantMs: number): boolean {
    const row = this.rows++;
    this.sensor[row] = sensor;
    // An Int64 as two halves: a BigInt a row would cost more than all the rest of the row.
    const high = Math.floor(instantMs / TWO_TO_32);
    this.#instant[2 * row] = instantMs - high * TWO_TO_32;
    this.#instant[2 * row + 1] = high;
    return this.rows === BATCH_ROWS;
  }

  /** The rows gathered so far as a record batch; the arrays are handed over and new ones begun. */
  take(): Readings {
    if (4 * this.rows < BATCH_ROWS) return this.#takeFew();
    const batch = this.batchOf(this.rows, this.sensor, this.#instant, this.values);
    this.sensor = new Int32Array(BATCH_ROWS);
    this.#instant = new Int32Array(BATCH_ROWS * 2);
    this.values = this.channels.map(() => new Float64Array(BATCH_ROWS));
    this.rows = 0;
    return batch;
  }

  /** A few rows are copied: whole arrays for a handful would be for the collector to clear away. */
  #takeFew(): Readings {
    const { rows } = this;
    this.rows = 0;
    return this.batchOf(
      rows,
      this.sensor.slice(0, rows),
      this.#instant.slice(0, 2 * rows),
      this.values.map((column) => column.slice(0, rows)),
    );
  }

  /**
   * Whole columns as a record batch, without a copy.
   *
   * @param instants 64-bit milliseconds as pairs of halves, low first, at a multiple of 8 bytes
   */
  batchOf(
    length: number,
    sensors: Int32Array,
    instants: Int32Array,
    values: readonly Float64Array[],
  ): Readings {
    const columns = values.map((column) => {
      const { bitmap, missing } = validityOf(column, length);
      return makeData({
        type: new Float64(),
        length,
        nullCount: missing,
        data: column,
        ...(missing > 0 ? { nullBitmap: bitmap } : {}),
      });
    });
    return new RecordBatch(
      this.#schema,
      makeData({
        type: new Struct(this.#schema.fields),
        length,
        nullCount: 0,
        children: [
          makeData({
            type: this.#sensorType,
            length,
            nullCount: 0,
            data: sensors,
            dictionary: this.#dictionaryVector(),
          }),
          makeData({
            type: new TimestampMillisecond("UTC"),
            length,
            nullCount: 0,
            data: new BigInt64Array(instants.buffer as ArrayBuffer, instants.byteOffset, instants.length / 2),
          }),
          ...columns,
        ],
      }),
    );
  }

  #dictionaryVector(): Vector<Utf8> {
    const { length } = this.sensors.names;
    if (this.#dictionary === undefined || this.#dictionarySize !== length) {
      const { bytes, offsets } = this.sensors.packed;
      const data = makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets: offsets, data: bytes });
      this.#dictionary = makeVector(data);
      this.#dictionarySize = length;
    }
    return this.#dictionary;
  }
}

const validityOf = (values: Float64Array, length: number): { bitmap: Uint8Array; missing: number } => {
  const bitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let present = 0;
  for (let first = 0; first < length; first += 8) {
    const end = Math.min(length, first + 8);
    let bits = 0;
    for (let row = first; row < end; row++) {
      const value = values[row]!;
      // NaN is the only value that differs from itself.
      // oxlint-disable-next-line no-self-compare
      const known = value === value ? 1 : 0;
      bits |= known << (row & 7);
      present += known;
    }
    bitmap[first >> 3] = bits;
  }
  return { bitmap, missing: length - present };
};
