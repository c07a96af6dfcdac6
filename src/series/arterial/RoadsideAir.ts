import type { Random } from "../random.ts";
import { inboundProfile } from "./Demand.ts";
import type { Weather } from "./Weather.ts";

const INTERVAL_SECONDS = 300;
/** NO2 that a vehicle in free traffic leaves behind, NO turned within seconds included, in ug/m. */
const EMISSION_UG_PER_METRE = 330;
/** Box over the road, in metres. */
const STREET_WIDTH = 28;
const STREET_HEIGHT = 18;
/** Exchange with the air above, in m/s: traffic's own stirring, and a share of the wind. */
const CALM_EXCHANGE = 0.1;
const WIND_EXCHANGE = 0.07;
/** First-order loss of NO2 (sunlight, deposition): once in 3 h. */
const LOSS_PER_SECOND = 1 / 10_800;
/** Box over the town: ug/m2/s at the morning peak, and its extent along the wind, in metres. */
const TOWN_EMISSION = 0.9;
const TOWN_METRES = 12_000;
const NIGHT_MIXING_METRES = 110;
const DAY_MIXING_METRES = 500;
const REGIONAL_UG_PER_M3 = 7;
const REGIONAL_MEMORY = 1 - 5 / 1440;
const REGIONAL_KICK = 2 * Math.sqrt(1 - REGIONAL_MEMORY * REGIONAL_MEMORY);

/**
 * NO2 beside the road: a box over the town (background) and a box a detector (kerb), both filled by traffic,
 * emptied by wind and by first-order loss, stepped implicitly.
 */
export class RoadsideAir {
  /** Concentration at each detector, in ug/m3. */
  readonly no2: Float64Array;

  private readonly random: Random;
  private readonly kerb: Float64Array;
  private town = 10;
  private regional = 0;

  constructor(random: Random, detectors: number) {
    this.random = random;
    this.kerb = new Float64Array(detectors);
    this.no2 = new Float64Array(detectors);
  }

  /** Moves the town's air by 5 min. */
  advanceTown(minuteOfDay: number, weekday: number, weather: Weather): void {
    const fromNoon = (minuteOfDay - 14 * 60) / 420;
    const sunny = Math.max(0, 1 - fromNoon * fromNoon);
    const mixingMetres = NIGHT_MIXING_METRES + (DAY_MIXING_METRES - NIGHT_MIXING_METRES) * sunny;
    const emission = (TOWN_EMISSION * inboundProfile(minuteOfDay, weekday)) / mixingMetres;
    const loss = weather.wind / TOWN_METRES + LOSS_PER_SECOND;
    this.town = (this.town + INTERVAL_SECONDS * emission) / (1 + INTERVAL_SECONDS * loss);
    this.regional = REGIONAL_MEMORY * this.regional + REGIONAL_KICK * this.random.normal();
  }

  /**
   * Moves the air at one detector by 5 min.
   *
   * @param vehPerSecond flow at the detector.
   * @param slowness 0 in free traffic .. 1 at a standstill; stop and go emits up to 3 times as much a metre.
   */
  advanceKerb(detector: number, vehPerSecond: number, slowness: number, wind: number): void {
    const emission = vehPerSecond * EMISSION_UG_PER_METRE * (1 + 2 * slowness * slowness);
    const exchange = CALM_EXCHANGE + WIND_EXCHANGE * wind;
    const gain = (INTERVAL_SECONDS * emission) / (STREET_WIDTH * STREET_HEIGHT);
    const loss = exchange / STREET_HEIGHT + LOSS_PER_SECOND;
    const kerb = (this.kerb[detector]! + gain) / (1 + INTERVAL_SECONDS * loss);
    this.kerb[detector] = kerb;
    this.no2[detector] = Math.max(0, REGIONAL_UG_PER_M3 + this.regional) + this.town + kerb;
  }
}
