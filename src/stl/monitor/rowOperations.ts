/** Operations on rows, one value a stream, none of them NaN. */

export const copyRow = (
  target: Float64Array,
  to: number,
  source: Float64Array,
  from: number,
  streams: number,
): void => {
  for (let i = 0; i < streams; i++) target[to + i] = source[from + i] as number;
};

/** The lesser (`minimum`) or greater of two rows; the target may be one of them. */
export const pickRow = (
  minimum: boolean,
  target: Float64Array,
  to: number,
  a: Float64Array,
  aFrom: number,
  b: Float64Array,
  bFrom: number,
  streams: number,
): void => {
  if (minimum) {
    for (let i = 0; i < streams; i++) {
      target[to + i] = Math.min(a[aFrom + i] as number, b[bFrom + i] as number);
    }
  } else {
    for (let i = 0; i < streams; i++) {
      target[to + i] = Math.max(a[aFrom + i] as number, b[bFrom + i] as number);
    }
  }
};
