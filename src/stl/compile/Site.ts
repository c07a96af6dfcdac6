/**
 * What a spec is bound to: the sensors, channels, step and zone of a panel, and how far a forecast reaches.
 */
export interface Site {
  readonly sensors: readonly string[];
  /** A channel without a unit takes that of what it is compared with. */
  readonly channels: readonly { readonly name: string; readonly unit?: string }[];
  readonly stepMs: number;
  readonly zone: string;
  /** One per sensor where known; `near(s, 3 km)` needs them. */
  readonly positions?: readonly ({ readonly latitude: number; readonly longitude: number } | undefined)[];
  /** Sensors that carry a tag, by tag. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  /** Steps that a forecast reaches past its origin; a rule that looks further is a problem. */
  readonly forecastSteps?: number;
  /** Steps before its origin that a forecast is told of; a rule that looks further back is a problem. */
  readonly historySteps?: number;
}

/**
 * The readings that a bound rule is judged on.
 *
 * `values` has length channels x sensors x steps, time fastest, in the units of the site; NaN where missing.
 * The clock arrays have one entry a step and are needed by rules that read the clock.
 */
export interface PanelTrace {
  readonly values: Float64Array;
  readonly steps: number;
  readonly clock?: {
    readonly minuteOfDay: Int16Array;
    readonly weekday: Int8Array;
    readonly dayNumber: Int32Array;
  };
}
