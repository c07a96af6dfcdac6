// Matrix products on "blocked" matrices: columns in blocks of eight, [columns / 8][rows][8], one block
// after the other at `blockBytes`. Tiles are four rows by eight columns (eight accumulators): larger tiles
// and unrolled inner loops were measured at half the speed in V8.
//
// Sums run over real elements only, so whatever stands in padding rows or lanes never reaches a real
// result.

/**
 * c [blocks][rows][8] = a * b, or += with `accumulate`. The summed dimension is `groups` runs of `length`
 * columns of a, each run starting a fresh block; b is [blocks][groups * length][8]. `rows` is a multiple of
 * 4.
 */
export function multiplyBlocked(
  a: usize,
  b: usize,
  c: usize,
  blockBytes: usize,
  rows: i32,
  blocks: i32,
  groups: i32,
  length: i32,
  accumulate: bool,
): void {
  const bBytes = (<usize>(groups * length)) << 5;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < rows; row += 4) {
      const tile = c + ((<usize>row) << 5);
      let s00 = f32x4.splat(0),
        s01 = s00,
        s10 = s00,
        s11 = s00,
        s20 = s00,
        s21 = s00,
        s30 = s00,
        s31 = s00;
      if (accumulate) {
        s00 = v128.load(tile);
        s01 = v128.load(tile, 16);
        s10 = v128.load(tile, 32);
        s11 = v128.load(tile, 48);
        s20 = v128.load(tile, 64);
        s21 = v128.load(tile, 80);
        s30 = v128.load(tile, 96);
        s31 = v128.load(tile, 112);
      }
      let columns = a + ((<usize>row) << 5);
      let bp = b;
      for (let group = 0; group < groups; group++) {
        for (let left = length; left > 0; left -= 8) {
          let ap = columns;
          const end = ap + ((<usize>min(left, 8)) << 2);
          do {
            const b0 = v128.load(bp),
              b1 = v128.load(bp, 16);
            const a0 = v128.load32_splat(ap);
            s00 = f32x4.add(s00, f32x4.mul(a0, b0));
            s01 = f32x4.add(s01, f32x4.mul(a0, b1));
            const a1 = v128.load32_splat(ap, 32);
            s10 = f32x4.add(s10, f32x4.mul(a1, b0));
            s11 = f32x4.add(s11, f32x4.mul(a1, b1));
            const a2 = v128.load32_splat(ap, 64);
            s20 = f32x4.add(s20, f32x4.mul(a2, b0));
            s21 = f32x4.add(s21, f32x4.mul(a2, b1));
            const a3 = v128.load32_splat(ap, 96);
            s30 = f32x4.add(s30, f32x4.mul(a3, b0));
            s31 = f32x4.add(s31, f32x4.mul(a3, b1));
            ap += 4;
            bp += 32;
          } while (ap != end);
          columns += blockBytes;
        }
      }
      v128.store(tile, s00);
      v128.store(tile, s01, 16);
      v128.store(tile, s10, 32);
      v128.store(tile, s11, 48);
      v128.store(tile, s20, 64);
      v128.store(tile, s21, 80);
      v128.store(tile, s30, 96);
      v128.store(tile, s31, 112);
    }
    b += bBytes;
    c += blockBytes;
  }
}

/** c [blocks][rows][8] = a * b with a row-major [rows][length] and b [blocks][length][8]. */
export function multiplyRowMajor(
  a: usize,
  b: usize,
  c: usize,
  blockBytes: usize,
  rows: i32,
  blocks: i32,
  length: i32,
): void {
  const rowBytes = (<usize>length) << 2,
    bBytes = (<usize>length) << 5;
  for (let block = 0; block < blocks; block++) {
    let tile = c;
    for (let row = 0; row < rows; row += 4) {
      let s00 = f32x4.splat(0),
        s01 = s00,
        s10 = s00,
        s11 = s00,
        s20 = s00,
        s21 = s00,
        s30 = s00,
        s31 = s00;
      let p0 = a + <usize>row * rowBytes,
        p1 = p0 + rowBytes,
        p2 = p1 + rowBytes,
        p3 = p2 + rowBytes;
      const end = p1;
      let bp = b;
      do {
        const b0 = v128.load(bp),
          b1 = v128.load(bp, 16);
        const a0 = v128.load32_splat(p0);
        s00 = f32x4.add(s00, f32x4.mul(a0, b0));
        s01 = f32x4.add(s01, f32x4.mul(a0, b1));
        const a1 = v128.load32_splat(p1);
        s10 = f32x4.add(s10, f32x4.mul(a1, b0));
        s11 = f32x4.add(s11, f32x4.mul(a1, b1));
        const a2 = v128.load32_splat(p2);
        s20 = f32x4.add(s20, f32x4.mul(a2, b0));
        s21 = f32x4.add(s21, f32x4.mul(a2, b1));
        const a3 = v128.load32_splat(p3);
        s30 = f32x4.add(s30, f32x4.mul(a3, b0));
        s31 = f32x4.add(s31, f32x4.mul(a3, b1));
        p0 += 4;
        p1 += 4;
        p2 += 4;
        p3 += 4;
        bp += 32;
      } while (p0 != end);
      v128.store(tile, s00);
      v128.store(tile, s01, 16);
      v128.store(tile, s10, 32);
      v128.store(tile, s11, 48);
      v128.store(tile, s20, 64);
      v128.store(tile, s21, 80);
      v128.store(tile, s30, 96);
      v128.store(tile, s31, 112);
      tile += 128;
    }
    b += bBytes;
    c += blockBytes;
  }
}

/**
 * c [blocks][features padded to 4][8] += transpose(a) * b, summed over the real `rows`; b is blocked.
 * Feature f of row r of a lies at a + (f >> 3) * aBlockBytes + (f & 7) * 4 + r * aRowBytes: a blocked
 * matrix has rows of 32 bytes, a row-major one has blocks of 32 bytes.
 */
export function multiplyTransposed(
  a: usize,
  aBlockBytes: usize,
  aRowBytes: usize,
  b: usize,
  c: usize,
  blockBytes: usize,
  rows: i32,
  blocks: i32,
  features: i32,
): void {
  const bEnd = (<usize>rows) << 5;
  for (let block = 0; block < blocks; block++) {
    const end = b + bEnd;
    for (let feature = 0; feature < features; feature += 4) {
      let s00 = f32x4.splat(0),
        s01 = s00,
        s10 = s00,
        s11 = s00,
        s20 = s00,
        s21 = s00,
        s30 = s00,
        s31 = s00;
      let ap = a + <usize>(feature >> 3) * aBlockBytes + ((<usize>(feature & 7)) << 2);
      let bp = b;
      do {
        const b0 = v128.load(bp),
          b1 = v128.load(bp, 16);
        const a0 = v128.load32_splat(ap);
        s00 = f32x4.add(s00, f32x4.mul(a0, b0));
        s01 = f32x4.add(s01, f32x4.mul(a0, b1));
        const a1 = v128.load32_splat(ap, 4);
        s10 = f32x4.add(s10, f32x4.mul(a1, b0));
        s11 = f32x4.add(s11, f32x4.mul(a1, b1));
        const a2 = v128.load32_splat(ap, 8);
        s20 = f32x4.add(s20, f32x4.mul(a2, b0));
        s21 = f32x4.add(s21, f32x4.mul(a2, b1));
        const a3 = v128.load32_splat(ap, 12);
        s30 = f32x4.add(s30, f32x4.mul(a3, b0));
        s31 = f32x4.add(s31, f32x4.mul(a3, b1));
        ap += aRowBytes;
        bp += 32;
      } while (bp != end);
      v128.store(c, f32x4.add(v128.load(c), s00));
      v128.store(c, f32x4.add(v128.load(c, 16), s01), 16);
      v128.store(c, f32x4.add(v128.load(c, 32), s10), 32);
      v128.store(c, f32x4.add(v128.load(c, 48), s11), 48);
      v128.store(c, f32x4.add(v128.load(c, 64), s20), 64);
      v128.store(c, f32x4.add(v128.load(c, 80), s21), 80);
      v128.store(c, f32x4.add(v128.load(c, 96), s30), 96);
      v128.store(c, f32x4.add(v128.load(c, 112), s31), 112);
      c += 128;
    }
    b += blockBytes;
  }
}
