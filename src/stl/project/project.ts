import type { Formula } from "../compile/parseFormula.ts";
import { robustness, satisfaction } from "../evaluate/robustness.ts";
import { type Trace, traceValues } from "../evaluate/Trace.ts";
import { NotAffineError } from "../unroll/unrollRule.ts";
import { unrollFormula } from "../unroll/unrollFormula.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import type { Located } from "./foldRequirements.ts";
import { distanceBetween } from "./Norm.ts";
import { type NotProjected, notProjected } from "./NotProjected.ts";
import { checkedOptions, type ProjectionOptions } from "./ProjectionOptions.ts";
import { projectRequirements } from "./projectRequirements.ts";

export interface ProjectOptions extends ProjectionOptions {
  /** The first samples of every signal, which were measured and may not move; 0 by default. */
  readonly fixedSamples?: number;
  /** What the samples of a signal that may move can be, ends included. */
  readonly ranges?: Readonly<Record<string, readonly [lower: number, upper: number]>>;
}

export interface ProjectedTrace {
  readonly found: true;
  readonly trace: { readonly signals: Readonly<Record<string, Float64Array>> };
  /** In the norm that was asked for. */
  readonly distance: number;
  /** It is proved that no trace that holds is nearer, up to rounding. */
  readonly optimal: boolean;
  /** Of the trace that was found, at its first sample. */
  readonly robustness: number;
}

const unbounded = [-Infinity, Infinity] as const;

const optionFaults = (
  { fixedSamples = 0, ranges = {} }: ProjectOptions,
  trace: Trace,
): (string | false)[] => [
  !(Number.isInteger(fixedSamples) && fixedSamples >= 0) &&
    `fixedSamples is ${fixedSamples}: give a whole number of samples, 0 or more`,
  ...Object.entries(ranges).flatMap(([name, [lower, upper]]) => [
    !(lower <= upper) && `the range of ${name} is [${lower}, ${upper}]: give the lower end first`,
    !Object.hasOwn(trace.signals, name) &&
      `ranges names ${name}, which the trace has not: it has ${Object.keys(trace.signals).join(", ")}`,
  ]),
];

/**
 * Finds the nearest trace whose robustness at the first sample is at least the margin; with margin 0 the formula holds,
 * strictly where it says so.
 *
 * Exact for conjunctions of bounds, ramp limits, linear relations and pointwise disjunctions, and for everything else
 * as far as the bounded search over disjuncts gets; what is found has been judged again by `robustness`. Missing and
 * infinite samples do not move, and what reads a missing sample counts as broken.
 *
 * After Ma et al., "STLnet: Signal temporal logic enforced multivariate recurrent neural networks", NeurIPS 2020,
 * without its list of all disjuncts. Throws a RangeError with every option that cannot be, and a {@link TraceError}
 * where the trace does not fit the formula.
 *
 * @example
 * const formula = parseFormula("always[0, 3] x >= 1 and eventually[1, 3] x <= 5");
 * const near = project(formula, { signals: { x: [0, 6.1, 7.2, 0.5] } }, { norm: "l1" });
 * near.found && Array.from(near.trace.signals.x ?? []); // => [1, 6.1, 7.2, 1]
 */
export const project = (
  formula: Formula,
  trace: Trace,
  options: ProjectOptions = {},
): ProjectedTrace | NotProjected => {
  const { margin, norm, workLimit } = checkedOptions(options, optionFaults(options, trace));
  const { fixedSamples = 0, ranges = {} } = options;
  const { steps } = traceValues(formula, trace);
  const subject = margin === 0 ? formula.text : `${formula.text} by ${margin}`;
  if (steps === 0) return notProjected("impossible", `${subject} without a sample`);

  // Signals that the formula does not read are moved by their ranges alone.
  const names = Array.from(new Set([...formula.signals, ...Object.keys(trace.signals)]));
  const given = new Float64Array(names.length * steps);
  names.forEach((name, n) => given.set(trace.signals[name] as ArrayLike<number>, n * steps));
  const rangeOf = names.map((name) => ranges[name] ?? unbounded);
  const movable = given.map((value, v) => (v % steps >= fixedSamples && Number.isFinite(value) ? 1 : 0));

  const point = given.slice();
  const signals: Record<string, Float64Array> = {};
  names.forEach((name, n) => (signals[name] = point.subarray(n * steps, (n + 1) * steps)));
  const robustnessNow = (): number => robustness(formula, { signals })[0] as number;
  const holds = (): boolean =>
    margin === 0 ? satisfaction(formula, { signals })[0] === 1 : robustnessNow() >= margin;
  const found = (optimal: boolean): ProjectedTrace => {
    const moved: Record<string, Float64Array> = {};
    for (const name of names) moved[name] = (signals[name] as Float64Array).slice();
    const distance = distanceBetween(
      given.map((value, v) => (movable[v] === 1 ? value : 0)),
      point.map((value, v) => (movable[v] === 1 ? value : 0)),
      norm,
    );
    return { found: true, trace: { signals: moved }, distance, optimal, robustness: robustnessNow() };
  };
  const within = given.every((value, v) => {
    const [lower, upper] = rangeOf[Math.floor(v / steps)] as readonly [number, number];
    return movable[v] === 0 || (value >= lower && value <= upper);
  });
  if (within && holds()) return found(true);

  let unrolled: UnrolledRule;
  try {
    unrolled = unrollFormula(formula, steps);
  } catch (fault) {
    if (!(fault instanceof NotAffineError)) throw fault;
    return notProjected("not-affine", fault.message);
  }
  const bounds = (side: 0 | 1): Float64Array =>
    given.map((_, v) => (movable[v] === 1 ? (rangeOf[Math.floor(v / steps)]?.[side] as number) : 0));
  const variables = {
    given: given.map((value, v) => (movable[v] === 1 ? value : 0)),
    lower: bounds(0),
    upper: bounds(1),
  };
  const locate = (channel: number, _: number, step: number, into: Located): void => {
    const v = channel * steps + step;
    const value = step >= 0 && step < steps ? (given[v] as number) : NaN;
    into.variable = Number.isFinite(value) && movable[v] === 1 ? v : -1;
    into.lower = Number.isNaN(value) ? -Infinity : value;
    into.upper = Number.isNaN(value) ? Infinity : value;
  };
  const take = (x: Float64Array): boolean => {
    for (let v = 0; v < x.length; v++) if (movable[v] === 1) point[v] = x[v] as number;
    return holds();
  };
  const requirement = { unrolled, margin, locate, clockHolds: () => false };
  const outcome = projectRequirements([requirement], variables, norm, workLimit, take);
  if (outcome.kind !== "found") {
    const isOpen = Number.isNaN(robustnessNow());
    return notProjected(
      outcome.kind,
      isOpen ? `${subject}, which reads samples that are missing or outside of the trace` : subject,
    );
  }
  return found(outcome.optimal);
};
