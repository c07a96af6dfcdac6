const FIRST_CAPACITY = 1024;

/**
 * Rows of readings as columns that grow: sensor number, instant in ms, one value a channel (NaN where missing).
 */
export class ReadingRows {
  sensors = new Uint32Array(FIRST_CAPACITY);
  instants = new Float64Array(FIRST_CAPACITY);
  values: Float64Array[];
  rows = 0;

  constructor(channels: number) {
    this.values = Array.from({ length: channels }, () => new Float64Array(FIRST_CAPACITY));
  }

  /** Opens a row without values and gives its index. */
  add(sensor: number, instantMs: number): number {
    const row = this.rows++;
    if (row === this.instants.length) this.#grow(2 * row);
    this.sensors[row] = sensor;
    this.instants[row] = instantMs;
    for (const column of this.values) column[row] = NaN;
    return row;
  }

  #grow(capacity: number): void {
    const sensors = new Uint32Array(capacity);
    sensors.set(this.sensors);
    this.sensors = sensors;
    this.instants = widened(this.instants, capacity);
    this.values = this.values.map((column) => widened(column, capacity));
  }

  /** Appends a row of other rows, its sensor under another number. */
  copy(from: ReadingRows, row: number, sensor: number): void {
    const at = this.add(sensor, from.instants[row]!);
    for (let channel = 0; channel < this.values.length; channel++) {
      this.values[channel]![at] = from.values[channel]![row]!;
    }
  }
}

const widened = (column: Float64Array, capacity: number): Float64Array<ArrayBuffer> => {
  const wide = new Float64Array(capacity);
  wide.set(column);
  return wide;
};
