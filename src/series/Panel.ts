/**
 * A panel: sensors x channels x time on a regular grid of instants.
 *
 * Values are physical, in the unit of their channel. A missing reading is NaN, and only that: NaN is the
 * mask. Time is UTC; the zone serves calendar features and clock rules alone.
 */

/** One measured quantity. `unit` is a unit text such as `ug/m3`, `km/h`, `1`. */
export interface Channel {
  readonly name: string;
  readonly unit: string;
}

/** Where a sensor stands, in degrees (WGS 84). */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Panel {
  readonly name: string;
  /** IANA zone of the city. */
  readonly zone: string;
  /** Instant of step 0, in milliseconds since 1970-01-01T00:00Z. */
  readonly startMs: number;
  /** Distance between two steps, in milliseconds. */
  readonly stepMs: number;
  readonly steps: number;
  readonly sensors: readonly string[];
  readonly channels: readonly Channel[];
  /** Length channels x sensors x steps, time fastest: see {@link seriesOffset}. NaN where missing. */
  readonly values: Float64Array;
  /** One per sensor where known. */
  readonly positions?: readonly (Position | undefined)[];
  /** Sensors that carry a tag, by tag. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

/** Index in `panel.values` of step 0 of one channel of one sensor. */
export const seriesOffset = (
  panel: Pick<Panel, "sensors" | "steps">,
  channel: number,
  sensor: number,
): number => (channel * panel.sensors.length + sensor) * panel.steps;

/** One channel of one sensor over time, as a view (no copy). */
export const seriesOf = (panel: Panel, channel: number, sensor: number): Float64Array => {
  const offset = seriesOffset(panel, channel, sensor);
  return panel.values.subarray(offset, offset + panel.steps);
};

/** Index of a channel by name, or -1. */
export const channelIndex = (panel: Pick<Panel, "channels">, name: string): number =>
  panel.channels.findIndex((channel) => channel.name === name);
