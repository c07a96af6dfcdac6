const POINTS = [
  "N",
  "NNE",
  "NE",
  "ENE",
  "E",
  "ESE",
  "SE",
  "SSE",
  "S",
  "SSW",
  "SW",
  "WSW",
  "W",
  "WNW",
  "NW",
  "NNW",
];
const DEGREES_BY_POINT = new Map(POINTS.map((point, index) => [point, index * 22.5]));

/**
 * Degrees clockwise from north of a 16-point compass text, 0..337.5, or undefined where it is none.
 *
 * @example
 * compassDegrees("NNE"); // => 22.5
 */
export const compassDegrees = (point: string): number | undefined =>
  DEGREES_BY_POINT.get(point.trim().toUpperCase());
