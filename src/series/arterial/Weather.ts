import type { Random } from "../random.ts";

/** Memory over 5 min of processes that forget in 8 h, 40 min and 3 h. */
const SYNOPTIC_MEMORY = 1 - 5 / 480;
const GUST_MEMORY = 1 - 5 / 40;
const RAIN_MEMORY = 1 - 5 / 180;

const kick = (memory: number): number => Math.sqrt(1 - memory * memory);

const MEAN_WIND = 3.1;
const CALM_WIND = 0.4;
/** The latent rain process must exceed this (in deviations) for rain to fall: about 8 % of the time. */
const RAIN_THRESHOLD = 1.4;

/** Wind and rain of one road's town: autoregressive, with more wind in the afternoon. */
export class Weather {
  /** In m/s. */
  wind = MEAN_WIND;
  /** 0 dry .. 1 heavy rain. */
  rain = 0;

  private readonly random: Random;
  private synoptic: number;
  private gust = 0;
  private cloud: number;

  constructor(random: Random) {
    this.random = random;
    this.synoptic = random.normal();
    this.cloud = random.normal();
  }

  /** Draws the weather of the next 5 min. */
  advance(minuteOfDay: number): void {
    const random = this.random;
    this.synoptic = SYNOPTIC_MEMORY * this.synoptic + kick(SYNOPTIC_MEMORY) * random.normal();
    this.gust = GUST_MEMORY * this.gust + kick(GUST_MEMORY) * random.normal();
    this.cloud = RAIN_MEMORY * this.cloud + kick(RAIN_MEMORY) * random.normal();
    const fromNoon = (minuteOfDay - 14 * 60) / 480;
    const sunny = Math.max(0, 1 - fromNoon * fromNoon);
    this.wind = Math.max(CALM_WIND, MEAN_WIND - 0.6 + 1.3 * sunny + 1.2 * this.synoptic + 0.3 * this.gust);
    this.rain = Math.min(1, Math.max(0, this.cloud - RAIN_THRESHOLD));
  }

  /** What rain leaves of the road's capacity, as a share. */
  get capacityShare(): number {
    return 1 - 0.08 * this.rain;
  }

  /** What rain leaves of the free speed, as a share. */
  get speedShare(): number {
    return 1 - 0.1 * this.rain;
  }
}
