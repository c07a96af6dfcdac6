import type { SensorsFile } from "./SensorsFile.ts";

/** How a trace is to be read. */
export interface TraceOptions {
  readonly zone: string;
  readonly timeColumn?: string;
  readonly timeFormat?: string;
  /** Distance of two rows where the trace has no time column. */
  readonly stepMs?: number;
  /** Units of columns by signal, where they are not the declared ones. */
  readonly units: ReadonlyMap<string, string>;
  readonly sensors?: SensorsFile;
  readonly explain: boolean;
}
