/** A triangular relation of density and flow, per lane (Daganzo 1994; Newell 1993). */
export interface FundamentalDiagram {
  readonly freeSpeedKmh: number;
  /** Speed at which a jam grows backwards. */
  readonly waveSpeedKmh: number;
  readonly jamDensityVehPerKm: number;
}

/**
 * An urban arterial at 60 km/h: capacity is 60 * 18 * 130 / (60 + 18) = 1800 veh/h a lane, reached at
 * 30 veh/km.
 */
export const URBAN_ARTERIAL: FundamentalDiagram = {
  freeSpeedKmh: 60,
  waveSpeedKmh: 18,
  jamDensityVehPerKm: 130,
};

/**
 * Largest flow of one lane, in veh/h: where the free and the congested branch meet.
 *
 * @example
 * laneCapacity(URBAN_ARTERIAL); // => 1800
 */
export const laneCapacity = (diagram: FundamentalDiagram): number =>
  (diagram.freeSpeedKmh * diagram.waveSpeedKmh * diagram.jamDensityVehPerKm) /
  (diagram.freeSpeedKmh + diagram.waveSpeedKmh);
