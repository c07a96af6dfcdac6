import { random } from "../../src/series/random.ts";

/** Waves over the map: half of them as long as a part of the town, half as short as a few detectors. */
const WAVES = 64;

/**
 * Where each detector stands, as a model can use it: cosine and sine of waves in random directions over the map, the random
 * features of Rahimi & Recht (NIPS 2007), and a 1.
 *
 * @param positions [detectors][2], from 0 to 1
 */
export const mapFeatures = (
  positions: Float64Array,
  seed: number,
): { readonly count: number; readonly features: Float32Array } => {
  const numbers = random(seed, 4);
  const waves = Array.from({ length: WAVES }, (_, k) => {
    const scale = 2 * Math.PI * (k % 2 === 0 ? 2 : 20);
    return [scale * numbers.normal(), scale * numbers.normal()] as const;
  });
  const count = 2 * WAVES + 1;
  const features = new Float32Array((positions.length / 2) * count);
  for (let detector = 0; detector < positions.length / 2; detector++) {
    const [x, y] = [positions[2 * detector]!, positions[2 * detector + 1]!];
    waves.forEach(([east, north], k) => {
      features[detector * count + 2 * k] = Math.cos(east * x + north * y);
      features[detector * count + 2 * k + 1] = Math.sin(east * x + north * y);
    });
    features[detector * count + count - 1] = 1;
  }
  return { count, features };
};
