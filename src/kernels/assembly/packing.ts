// Between the row-major matrices of the caller and the blocked ones of the kernel.

/** Row-major [rows][columns] with `stride` floats a row -> [ceil(columns / 8)][rows][8], absent lanes zero. */
export function packColumns(from: usize, stride: i32, rows: i32, columns: i32, to: usize): void {
  for (let first = 0; first < columns; first += 8) {
    const lanes = min(columns - first, 8);
    for (let row = 0; row < rows; row++) {
      const source = from + ((<usize>(row * stride + first)) << 2);
      for (let lane = 0; lane < lanes; lane++)
        f32.store(to + ((<usize>lane) << 2), f32.load(source + ((<usize>lane) << 2)));
      for (let lane = lanes; lane < 8; lane++) f32.store(to + ((<usize>lane) << 2), 0);
      to += 32;
    }
  }
}

/** The same of the transpose: row-major [rows][columns] -> [ceil(rows / 8)][columns][8], absent lanes zero. */
export function packTransposed(from: usize, stride: i32, rows: i32, columns: i32, to: usize): void {
  for (let first = 0; first < rows; first += 8) {
    const lanes = min(rows - first, 8);
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < lanes; lane++) {
        f32.store(
          to + ((<usize>lane) << 2),
          f32.load(from + ((<usize>((first + lane) * stride + column)) << 2)),
        );
      }
      for (let lane = lanes; lane < 8; lane++) f32.store(to + ((<usize>lane) << 2), 0);
      to += 32;
    }
  }
}

/** Blocked, blocks `blockBytes` apart -> row-major [rows][columns] with `stride` floats a row. */
export function unpackColumns(
  from: usize,
  blockBytes: usize,
  rows: i32,
  columns: i32,
  to: usize,
  stride: i32,
): void {
  for (let first = 0; first < columns; first += 8) {
    const lanes = min(columns - first, 8);
    let source = from,
      target = to + ((<usize>first) << 2);
    if (lanes == 8) {
      for (let row = 0; row < rows; row++) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        source += 32;
        target += (<usize>stride) << 2;
      }
    } else {
      for (let row = 0; row < rows; row++) {
        for (let lane = 0; lane < lanes; lane++)
          f32.store(target + ((<usize>lane) << 2), f32.load(source + ((<usize>lane) << 2)));
        source += 32;
        target += (<usize>stride) << 2;
      }
    }
    from += blockBytes;
  }
}

/** a += b over `count` floats, a multiple of 4. */
export function addInto(a: usize, b: usize, count: i32): void {
  const end = a + ((<usize>count) << 2);
  for (; a < end; a += 16, b += 16) v128.store(a, f32x4.add(v128.load(a), v128.load(b)));
}

/** a = 0 over `count` floats, a multiple of 4. */
export function clear(a: usize, count: i32): void {
  const end = a + ((<usize>count) << 2);
  for (; a < end; a += 16) v128.store(a, f32x4.splat(0));
}
