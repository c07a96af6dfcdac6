import type { PanelTrace } from "../compile/Site.ts";
import type { Located } from "./foldRequirements.ts";
import type { Variables } from "./GraphBuilder.ts";
import type { SignalPolicy } from "./signalPolicies.ts";

type Policies = ReadonlyMap<number, SignalPolicy>;

interface PanelWindow {
  readonly trace: PanelTrace;
  readonly origin: number;
  /** Steps past the origin that may move, at most those of the trace. */
  readonly reach: number;
  readonly sensorCount: number;
  readonly channelCount: number;
  /** Channels that may move. */
  readonly forecast: ReadonlySet<number>;
}

/**
 * The readings past an origin as variables, channel by channel and sensor by sensor; those that are missing, infinite
 * or of a channel that is not forecast have a variable as well, which nothing reads.
 */
export class PanelVariables implements Variables {
  readonly given: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly #window: PanelWindow;
  readonly #movable: Uint8Array;

  /** `policies`, one a rule: a variable keeps the declared range of every rule. */
  constructor(window: PanelWindow, policies: readonly Policies[]) {
    const { channelCount, forecast, reach, sensorCount, trace } = window;
    this.#window = window;
    const width = sensorCount * reach;
    this.#movable = new Uint8Array(channelCount * width);
    this.given = new Float64Array(channelCount * width);
    this.lower = new Float64Array(channelCount * width);
    this.upper = new Float64Array(channelCount * width);
    for (const channel of forecast) {
      const own = policies.flatMap((each) => each.get(channel) ?? []);
      const lower = own.reduce((most, policy) => Math.max(most, policy.lower), -Infinity);
      const upper = own.reduce((least, policy) => Math.min(least, policy.upper), Infinity);
      for (let v = channel * width; v < (channel + 1) * width; v++) {
        const value = trace.values[this.#place(v)] as number;
        if (!Number.isFinite(value)) continue;
        this.#movable[v] = 1;
        this.given[v] = value;
        this.lower[v] = lower;
        this.upper[v] = upper;
      }
    }
  }

  /** Where a variable stands in the values of a trace. */
  #place(variable: number): number {
    const { origin, reach, trace } = this.#window;
    return Math.floor(variable / reach) * trace.steps + origin + 1 + (variable % reach);
  }

  /** Whether all that may move is within its declared range. */
  isWithinRanges(): boolean {
    const { lower, upper } = this;
    return this.given.every((value, v) => value >= (lower[v] as number) && value <= (upper[v] as number));
  }

  write(x: Float64Array, values: Float64Array): void {
    for (let v = 0; v < x.length; v++) if (this.#movable[v] === 1) values[this.#place(v)] = x[v] as number;
  }

  /** Finds what a rule reads, `step` counted from the origin; a gap is read as the policies say. */
  locate(policies: Policies, channel: number, sensor: number, step: number, into: Located): void {
    const { origin, reach, sensorCount, trace } = this.#window;
    const { holdSteps, lower, upper } = policies.get(channel) as SignalPolicy;
    const series = channel * sensorCount + sensor;
    const at = origin + step;
    const farthest = at < trace.steps ? Math.min(holdSteps, at) : -1;
    for (let back = 0; back <= farthest; back++) {
      const value = trace.values[series * trace.steps + at - back] as number;
      if (Number.isNaN(value)) continue;
      const ahead = step - back - 1;
      const variable = series * reach + ahead;
      into.variable = ahead >= 0 && ahead < reach && this.#movable[variable] === 1 ? variable : -1;
      into.lower = value;
      into.upper = value;
      return;
    }
    into.variable = -1;
    into.lower = lower;
    into.upper = upper;
  }
}
