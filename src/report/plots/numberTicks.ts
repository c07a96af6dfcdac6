import { formatNumber } from "../format/formatNumber.ts";

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/**
 * Round values (1, 2 or 5 times a power of ten apart) within `low..high`, about `count` of them, with labels
 * that share their decimals.
 *
 * @example
 * numberTicks(0, 2, 4).map((tick) => tick.label); // => ["0.0", "0.5", "1.0", "1.5", "2.0"]
 */
export const numberTicks = (low: number, high: number, count: number): Tick[] => {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = Math.floor(Math.log10(rough));
  const lead = rough / 10 ** power;
  const factor = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
  const exponent = factor === 10 ? power + 1 : power;
  const digit = factor === 10 ? 1 : factor;
  const decimals = Math.max(0, -exponent);
  // Dividing by a positive power of ten keeps 0.3 at 0.3, where 3 * 0.1 is not.
  const valueAt = (k: number) => (exponent < 0 ? (k * digit) / 10 ** -exponent : k * digit * 10 ** exponent);
  const step = valueAt(1);
  const slack = step * 1e-9;
  const ticks: Tick[] = [];
  for (let k = Math.ceil((low - slack) / step); valueAt(k) <= high + slack; k++) {
    ticks.push({ at: valueAt(k), label: formatNumber(valueAt(k), decimals) });
  }
  return ticks;
};
