/** The product of the deviations of two forms from their centres lies within `spread` of `middle`. */
export interface ProductBand {
  middle: number;
  spread: number;
}

/**
 * Bounds the product P Q of two deviations over common symbols, the better of two ways: by their radii, +-rP rQ; and, as
 * 4 P Q = (t P + Q / t)^2 - (t P - Q / t)^2 for every t, by the radii u and v of that sum and that difference, which are
 * smaller than the radii's sum wherever coefficients differ in sign or size: -v^2 / 4 <= P Q <= u^2 / 4. With
 * t^2 = rQ / rP the second is never more than twice the first, and a quarter of it for coefficients of random signs.
 *
 * @param pOther radius of what P has beside the common symbols, likewise `qOther`
 * @param pRadius largest |P|, likewise `qRadius`
 * @param into receives the band
 * @example
 * const band = { middle: 0, spread: 0 };
 * productBand(Float64Array.of(1, 1), 0, 0, 2, Float64Array.of(1, -1), 0, 0, 2, 2, band);
 * band; // => { middle: 0, spread: 1 }
 */
export const productBand = (
  p: Float64Array,
  pAt: number,
  pOther: number,
  pRadius: number,
  q: Float64Array,
  qAt: number,
  qOther: number,
  qRadius: number,
  symbols: number,
  into: ProductBand,
): void => {
  into.middle = 0;
  into.spread = pRadius * qRadius;
  if (into.spread === 0) return;
  const t = Math.sqrt(qRadius / pRadius);
  const inverse = 1 / t;
  let sum = t * pOther + inverse * qOther;
  let difference = sum;
  for (let s = 0; s < symbols; s++) {
    const left = t * p[pAt + s]!;
    const right = inverse * q[qAt + s]!;
    sum += Math.abs(left + right);
    difference += Math.abs(left - right);
  }
  const most = sum * sum;
  const least = difference * difference;
  const spread = (most + least) / 8;
  if (spread >= into.spread) return;
  into.middle = (most - least) / 8;
  into.spread = spread;
};
