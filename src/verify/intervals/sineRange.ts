import { integerSine, TURN_BITS } from "../../edge/fixedPoint.ts";

const TURN = 2 ** TURN_BITS;
export const QUARTER_TURN = TURN / 4;

/**
 * Least and largest `integerSine` of the whole turns `from..to` (one = 2^20, any whole numbers): those of the two ends,
 * and the table's largest entry where a peak or a trough lies between, as the table rises over a quarter turn.
 */
export const sineRange = (sines: Uint16Array, from: number, to: number): [least: number, largest: number] => {
  const sine = (turn: number): number => integerSine(sines, turn - TURN * Math.floor(turn / TURN));
  const contains = (turn: number): boolean =>
    Math.floor((to - turn) / TURN) >= Math.ceil((from - turn) / TURN);
  const ends = [sine(from), sine(to)];
  return [
    contains(-QUARTER_TURN) ? sine(-QUARTER_TURN) : Math.min(...ends),
    contains(QUARTER_TURN) ? sine(QUARTER_TURN) : Math.max(...ends),
  ];
};
