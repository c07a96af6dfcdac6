/** A real window and what is done to it. Sizes are tenths of a channel's deviation, steps count back from the origin. */
export interface PerturbedWindow {
  /** Which window of the provider. */
  readonly index: number;
  readonly perturbations: readonly Perturbation[];
}

export type Perturbation =
  | (Place & { readonly kind: "noise"; readonly tenths: number; readonly seed: number })
  | (Place & Stretch & { readonly kind: "gap" })
  | (Place & Stretch & { readonly kind: "stuck" })
  | (Place & { readonly kind: "spike"; readonly ago: number; readonly tenths: number })
  | (Place & { readonly kind: "shift"; readonly ago: number; readonly tenths: number })
  | { readonly kind: "constant"; readonly channel: number; readonly tenths: number }
  | { readonly kind: "saturated"; readonly channel: number; readonly high: boolean }
  | { readonly kind: "all missing" };

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
 * One sentence a perturbation.
 *
 * @example
 * describeWindow({ index: 4, perturbations: [{ kind: "all missing" }] }, ["speed"], ["s1"]);
 * // => ["window 4 of the data", "every reading is missing"]
 */
export const describeWindow = (
  window: PerturbedWindow,
  channels: readonly string[],
  sensors: readonly string[],
): string[] => [
  `window ${window.index} of the data`,
  ...window.perturbations.map((perturbation) => {
    if (perturbation.kind === "all missing") return "every reading is missing";
    const channel = channels[perturbation.channel];
    if (perturbation.kind === "constant") {
      return `${channel} of every sensor stays at its mean ${deviations(perturbation.tenths)}`;
    }
    if (perturbation.kind === "saturated") {
      return `${channel} of every sensor stays at its ${perturbation.high ? "largest" : "smallest"} value`;
    }
    const series = `${channel} of ${sensors[perturbation.sensor]}`;
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
];
