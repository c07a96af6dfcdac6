import { columnOf, rowOf, type SharedTable, sideOf } from "../sharedTable/SharedTable.ts";

/**
 * How the vectors of all sensors are made of fewer trained rows, each as long as a vector: as the sum or the product of
 * some of them, or of all of them weighed by what is known of the sensor.
 */
export type EmbeddingLayout =
  | {
      readonly kind: "sum" | "product";
      /** Trained rows. */
      readonly rows: number;
      /** Places of rows, each [sensors]. */
      readonly parts: readonly Int32Array[];
    }
  | {
      readonly kind: "features";
      readonly rows: number;
      /** [sensors][rows] */
      readonly features: Float32Array;
    };

/** A row and a column of a table: Li et al., "LightRNN", NIPS 2016. */
export const tableLayout = (table: SharedTable): EmbeddingLayout => {
  const { side, tokens } = table;
  return {
    kind: "sum",
    rows: 2 * side,
    parts: [
      Int32Array.from({ length: tokens }, (_, sensor) => rowOf(table, sensor)),
      Int32Array.from({ length: tokens }, (_, sensor) => side + columnOf(table, sensor)),
    ],
  };
};

/**
 * A row by the hash of a sensor's name (32-bit FNV-1a): sensors that share it have one vector.
 *
 * @example
 * const layout = hashedLayout(["a", "b", "a"], 100);
 * layout.kind === "sum" && layout.parts[0][0] === layout.parts[0][2]; // => true
 */
export const hashedLayout = (sensors: readonly string[], rows: number): EmbeddingLayout => ({
  kind: "sum",
  rows,
  parts: [Int32Array.from(sensors, (name) => hashOf(name) % rows)],
});

const hashOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // The last steps leave neighbouring names close: their high bits are folded in.
  return (hash ^ (hash >>> 15)) >>> 0;
};

/**
 * The product of a row by quotient and one by remainder, so that no two sensors have both in common: Shi et al.,
 * "Compositional embeddings using complementary partitions for memory-efficient recommendation systems", KDD 2020.
 */
export const quotientLayout = (sensors: number): EmbeddingLayout => {
  const side = sideOf(sensors);
  const quotients = Math.ceil(sensors / side);
  return {
    kind: "product",
    rows: quotients + side,
    parts: [
      Int32Array.from({ length: sensors }, (_, sensor) => Math.floor(sensor / side)),
      Int32Array.from({ length: sensors }, (_, sensor) => quotients + (sensor % side)),
    ],
  };
};

/** What rows drawn with a deviation are multiplied by, so that the vectors of sensors have about that deviation too. */
export const startingScale = (layout: EmbeddingLayout, deviation: number): number => {
  if (layout.kind === "features") return 1 / Math.sqrt(layout.rows);
  const parts = layout.parts.length;
  return layout.kind === "sum" ? 1 / Math.sqrt(parts) : deviation ** (1 / parts - 1);
};

/**
 * The vectors of all sensors, [sensors][width], from the trained rows, [rows][width].
 *
 * @example
 * const layout = { kind: "sum", rows: 3, parts: [Int32Array.of(0, 0), Int32Array.of(1, 2)] };
 * composeEmbedding(layout, Float32Array.of(1, 10, 20), 1); // => Float32Array [ 11, 21 ]
 */
export const composeEmbedding = (
  layout: EmbeddingLayout,
  stored: Float32Array,
  width: number,
): Float32Array => {
  if (layout.kind === "features") {
    const { features, rows } = layout;
    const vectors = new Float32Array((features.length / rows) * width);
    for (let at = 0; at < features.length; at++) {
      const [to, from] = [Math.floor(at / rows) * width, (at % rows) * width];
      for (let k = 0; k < width; k++) vectors[to + k]! += features[at]! * stored[from + k]!;
    }
    return vectors;
  }
  const { kind, parts } = layout;
  const vectors = new Float32Array(parts[0]!.length * width).fill(kind === "sum" ? 0 : 1);
  for (const part of parts) {
    part.forEach((row, sensor) => {
      const [to, from] = [sensor * width, row * width];
      for (let k = 0; k < width; k++) {
        if (kind === "sum") vectors[to + k]! += stored[from + k]!;
        else vectors[to + k]! *= stored[from + k]!;
      }
    });
  }
  return vectors;
};

/** The gradient of the trained rows from that of the vectors of all sensors. */
export const storedGradient = (
  layout: EmbeddingLayout,
  stored: Float32Array,
  gradient: Float32Array,
  width: number,
): Float32Array => {
  const sums = new Float64Array(stored.length);
  if (layout.kind === "features") {
    const { features, rows } = layout;
    for (let at = 0; at < features.length; at++) {
      const [from, to] = [Math.floor(at / rows) * width, (at % rows) * width];
      for (let k = 0; k < width; k++) sums[to + k]! += features[at]! * gradient[from + k]!;
    }
    return Float32Array.from(sums);
  }
  const { kind, parts } = layout;
  for (const part of parts) {
    const others = kind === "sum" ? [] : parts.filter((other) => other !== part);
    part.forEach((row, sensor) => {
      const [to, from] = [row * width, sensor * width];
      for (let k = 0; k < width; k++) {
        let slope = gradient[from + k]!;
        for (const other of others) slope *= stored[other[sensor]! * width + k]!;
        sums[to + k]! += slope;
      }
    });
  }
  return Float32Array.from(sums);
};
