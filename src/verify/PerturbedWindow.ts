import { describeEdge, type EdgeClock } from "./ClockEdge.ts";
import { describeHostile, type HostileReadings } from "./HostileReadings.ts";

/** A real window and what is done to it. */
export interface PerturbedWindow {
  /** Which window of the provider. */
  readonly index: number;
  /** In this order. */
  readonly perturbations: readonly (Perturbation | HostileReadings)[];
  /** The clock that it has instead of its own. */
  readonly clock?: EdgeClock;
}

/** What happens to sensors. Sizes are tenths of a channel's deviation, steps count back from the origin. */

export type Perturbation =
  | (Place & { readonly kind: "noise"; readonly tenths: number; readonly seed: number })
  | (Place & Stretch & { readonly kind: "gap" })
  | (Place & Stretch & { readonly kind: "stuck" })
  | (Place & { readonly kind: "spike"; readonly ago: number; readonly tenths: number })
  | (Place & { readonly kind: "shift"; readonly ago: number; readonly tenths: number });

interface Place {
  readonly channel: number;
  readonly sensor: number;
}

/** Steps `ago + length - 1` to `ago` before the origin. */
interface Stretch {
  readonly ago: number;
  readonly length: number;
}

const steps = (count: number): string => (count === 1 ? "1 step" : `${count} steps`);
const before = (ago: number): string => (ago === 0 ? "at the origin" : `${steps(ago)} before the origin`);
const upTo = (ago: number): string =>
  ago === 0 ? "up to the origin" : `up to ${steps(ago)} before the origin`;
const deviations = (tenths: number): string =>
  `${tenths > 0 ? "+" : ""}${(tenths / 10).toFixed(1)} deviations`;

/**
 * One sentence a perturbation, and one on the clock where it is not the window's own.
 *
 * @example
 * describeWindow({ index: 4, perturbations: [{ kind: "missing", where: "everywhere" }] }, ["speed"], ["s1"]);
 * // => ["window 4 of the data", "every channel of every sensor is missing"]
 */
export const describeWindow = (
  window: PerturbedWindow,
  channels: readonly string[],
  sensors: readonly string[],
): string[] => [
  `window ${window.index} of the data`,
  ...window.perturbations.map((perturbation) => {
    if (isHostile(perturbation)) return describeHostile(perturbation, channels, sensors);
    const series = `${channels[perturbation.channel]} of ${sensors[perturbation.sensor]}`;
    switch (perturbation.kind) {
      case "noise":
        return `${series} has noise of ${(perturbation.tenths / 10).toFixed(1)} deviations (seed ${perturbation.seed})`;
      case "gap":
        return `${series} is missing for ${steps(perturbation.length)} ${upTo(perturbation.ago)}`;
      case "stuck":
        return `${series} is stuck for ${steps(perturbation.length)} ${upTo(perturbation.ago)}`;
      case "spike":
        return `${series} jumps by ${deviations(perturbation.tenths)} ${before(perturbation.ago)} for that step alone`;
      case "shift":
        return `${series} is shifted by ${deviations(perturbation.tenths)} from ${before(perturbation.ago)} on`;
    }
  }),
  ...(window.clock === undefined ? [] : [describeEdge(window.clock)]),
];

const isHostile = (perturbation: Perturbation | HostileReadings): perturbation is HostileReadings =>
  perturbation.kind === "level" || perturbation.kind === "alternating" || perturbation.kind === "missing";
