import type { PanelTrace } from "../stl/compile/Site.ts";

/** Judges one rule of the artefact in physical units, by other means than the device. */
export interface Judge {
  readonly rule: string;
  /**
   * Bounds of the robustness at step `origin` of a trace with the channels of the feature plan, in its order: readings
   * up to the origin, the forecast after it, NaN for channels that are not forecast.
   */
  readonly judge: (trace: PanelTrace, origin: number) => { readonly lower: number; readonly upper: number };
}
