import type { Formula } from "../compile/parseFormula.ts";

/** Samples of plain signals, all of one length; NaN is a missing sample. */
export interface Trace {
  readonly signals: Readonly<Record<string, ArrayLike<number>>>;
}

/** A trace that cannot be judged: a signal is absent or the lengths differ. */
export class TraceError extends Error {
  readonly _tag = "TraceError";
  override readonly name = "TraceError";
}

/** Samples of the signals of a formula, one after the other, and how many each has. */
export const traceValues = (
  formula: Formula,
  trace: Trace,
): { readonly values: Float64Array; readonly steps: number } => {
  const present = Object.keys(trace.signals);
  const absent = formula.signals.filter((name) => !Object.hasOwn(trace.signals, name));
  if (absent.length > 0) {
    throw new TraceError(
      `the trace lacks the signals ${absent.join(", ")} of the formula; it has ${present.join(", ") || "none"}`,
    );
  }
  const lengths = present.map((name) => (trace.signals[name] as ArrayLike<number>).length);
  const steps = lengths[0] ?? 0;
  const other = lengths.findIndex((length) => length !== steps);
  if (other >= 0) {
    throw new TraceError(
      `signals ${present[0]} (${steps} samples) and ${present[other]} (${lengths[other]} samples) differ in ` +
        "length: give them one sample for every instant, NaN where one is missing",
    );
  }
  const [only] = formula.signals;
  const single = only === undefined ? undefined : trace.signals[only];
  // One signal is its own layout: it is read, never written.
  if (formula.signals.length === 1 && single instanceof Float64Array) return { values: single, steps };
  const values = new Float64Array(formula.signals.length * steps);
  formula.signals.forEach((name, channel) => {
    values.set(trace.signals[name] as ArrayLike<number>, channel * steps);
  });
  return { values, steps };
};
