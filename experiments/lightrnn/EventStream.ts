import type { SharedTable } from "../../src/model/sharedTable/SharedTable.ts";

/** A stream of events cut in order of time. */
export interface EventStream {
  readonly name: string;
  readonly detectors: number;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Least perplexity that a model of the test events can have on average, where the truth is known. */
  readonly floor?: number;
  /** A table by the shape of each detector's day. */
  readonly profileTable?: SharedTable;
  /** What is known of each detector beside its events, [detectors][count]. */
  readonly features?: { readonly count: number; readonly features: Float32Array };
}
