import { binaryValue, unaryValue } from "../plan/elementFunctions.ts";
import { normalForm } from "../plan/normalForm.ts";
import type { Formula } from "../compile/parseFormula.ts";
import type { Plan, PlanNode } from "../plan/Plan.ts";
import { aligned, simplified, type StepFunction } from "./StepFunction.ts";
import { denseTime, sampledTime, type TimeModel, timedOver, windowOver } from "./timedOperators.ts";
import { TraceError } from "../evaluate/Trace.ts";

/** Breakpoints of piecewise constant signals, instants in seconds, ascending; the last value holds for ever. */
export interface DenseTrace {
  readonly signals: Readonly<Record<string, readonly (readonly [time: number, value: number])[]>>;
}

/** Samples of all signals at common instants in seconds, ascending. */
export interface SampledTrace {
  readonly times: ArrayLike<number>;
  readonly signals: Readonly<Record<string, ArrayLike<number>>>;
}

const checked = (name: string, times: readonly number[], values: readonly number[]): StepFunction => {
  times.forEach((time, i) => {
    if (i > 0 && !(time > (times[i - 1] as number))) {
      throw new TraceError(
        `signal ${name}: instant ${time} does not come after ${times[i - 1]}: sort the instants`,
      );
    }
    if (Number.isNaN(values[i])) {
      throw new TraceError(
        `signal ${name} has no value at ${time}: leave the instant out, the value before holds`,
      );
    }
  });
  return { times, values };
};

const map = (functions: readonly StepFunction[], combine: (...values: number[]) => number): StepFunction => {
  const common = aligned(functions);
  return {
    times: common.times,
    values: common.times.map((_, i) => combine(...common.values.map((values) => values[i] as number))),
  };
};

/** What predicates are from an instant on, where the signals are not known any more. */
interface Unknown {
  readonly from: number;
  readonly robustness: number;
}

const cutAt = (predicate: StepFunction, unknown: Unknown | undefined): StepFunction => {
  if (unknown === undefined) return predicate;
  const kept = predicate.times.filter((time) => time < unknown.from);
  return {
    times: [...kept, unknown.from],
    values: [...predicate.values.slice(0, kept.length), unknown.robustness],
  };
};

const evaluate = (
  plan: Plan,
  signals: readonly StepFunction[],
  start: number,
  model: TimeModel,
  unknown?: Unknown,
): StepFunction => {
  const done: StepFunction[] = [];
  const read = (operand: { readonly node: number }): StepFunction => done[operand.node] as StepFunction;
  const constant = (value: number): StepFunction => {
    const times = model.dense ? [start] : (signals[0]?.times ?? [start]);
    return { times, values: times.map(() => value) };
  };
  const compute = (node: PlanNode): StepFunction => {
    switch (node.kind) {
      case "constant":
        return constant(node.value);
      case "truth":
        return constant(node.value ? Infinity : -Infinity);
      case "signal":
        return signals[node.channel] as StepFunction;
      case "above":
      case "equal":
      case "differ":
        return cutAt(
          map([read(node.left), read(node.right)], (a, b) => binaryValue(node.kind, a, b)),
          unknown,
        );
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
      case "sameDistance":
      case "otherDistance":
        return map([read(node.left), read(node.right)], (a, b) => binaryValue(node.kind, a, b));
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
        return map([read(node.operand)], (a) => unaryValue(node.kind, a));
      case "and":
      case "least":
        return map(node.operands.map(read), Math.min);
      case "or":
      case "greatest":
        return map(node.operands.map(read), Math.max);
      case "always":
      case "eventually":
      case "historically":
      case "once":
        return windowOver(node, read(node.operand), model);
      case "until":
      case "release":
      case "since":
      case "triggers":
        return timedOver(node, read(node.left), read(node.right), model);
      case "step": {
        const inner = read(node.operand);
        const outside = node.weak ? Infinity : -Infinity;
        return {
          times: inner.times,
          values: inner.times.map((_, i) => inner.values[i + node.by] ?? outside),
        };
      }
      case "allOver":
      case "anyOver":
      case "atLeastOver":
      case "meanOver":
      case "sumOver":
      case "leastOver":
      case "greatestOver":
        // A plain formula has one sensor.
        return read(node.over);
      case "shift":
      case "rollingMean":
      case "clock":
      case "not":
        throw new RangeError(`${node.kind} has no meaning here`);
    }
  };
  for (const node of plan.nodes) done.push(compute(node));
  return done.at(-1) as StepFunction;
};

const denseSignals = (formula: Formula, trace: DenseTrace): { signals: StepFunction[]; start: number } => {
  const signals = formula.signals.map((name) => {
    const points = Object.hasOwn(trace.signals, name) ? trace.signals[name] : undefined;
    if (points === undefined) {
      const present = Object.keys(trace.signals).join(", ") || "none";
      throw new TraceError(`the trace lacks the signal ${name} of the formula; it has ${present}`);
    }
    return checked(
      name,
      points.map(([time]) => time),
      points.map(([, value]) => value),
    );
  });
  // A signal without any value starts never.
  const start = signals.reduce((latest, signal) => Math.max(latest, signal.times[0] ?? Infinity), -Infinity);
  return { signals, start: start === -Infinity ? 0 : start };
};

/** From the common start on. */
const fromStart = (signal: StepFunction, start: number): StepFunction => {
  const { times, values } = aligned([signal, { times: [start], values: [0] }]);
  return { times, values: values[0] as readonly number[] };
};

/**
 * Robustness in dense time, as a piecewise constant function: `[t, rho]` holds from t until the next one.
 *
 * Bounds are seconds. What is before the start of the signals is not there, their last values hold for ever. The
 * result starts where a window first reaches the common start of all signals, but not before 0. A value that holds
 * at a single instant is not told: the function is continuous from the right.
 *
 * Throws {@link TraceError} where a signal is absent or its instants do not ascend, {@link StlSyntaxError} where
 * the formula uses `next` or `prev`.
 *
 * @example
 * const trace = { signals: { x: [[0, 3], [5, 1]] } };
 * robustnessDense(parseFormula("always[0, 2] x > 0"), trace); // => [[0, 3], [3, 1]]
 */
export const robustnessDense = (
  formula: Formula,
  trace: DenseTrace,
): [time: number, robustness: number][] => {
  const { signals, start } = denseSignals(formula, trace);
  if (start === Infinity) return [];
  const begun = signals.map((signal) => fromStart(signal, start));
  const result = simplified(evaluate(normalForm(formula.densePlan), begun, start, denseTime));
  return result.times.map((time, i) => [time, result.values[i] as number]);
};

/**
 * Bounds of the robustness in dense time where the signals are known until `end` alone: `[t, lower, upper]`
 * holds from t until the next one.
 *
 * @example
 * robustnessDenseInterval(parseFormula("eventually[0, 2] x > 0"), { signals: { x: [[0, 3]] } }, 5);
 * // => [[0, 3, 3], [3, 3, Infinity], [5, -Infinity, Infinity]]
 */
export const robustnessDenseInterval = (
  formula: Formula,
  trace: DenseTrace,
  end: number,
): [time: number, lower: number, upper: number][] => {
  const { signals, start } = denseSignals(formula, trace);
  if (start === Infinity) return [];
  const begun = signals.map((signal) => fromStart(signal, start));
  const plan = normalForm(formula.densePlan);
  const bound = (robustness: number): StepFunction =>
    evaluate(plan, begun, start, denseTime, { from: end, robustness });
  const both = aligned([bound(-Infinity), bound(Infinity)]);
  const [lower = [], upper = []] = both.values;
  const result: [number, number, number][] = [];
  both.times.forEach((time, i) => {
    const last = result.at(-1);
    if (last !== undefined && last[1] === lower[i] && last[2] === upper[i]) return;
    result.push([time, lower[i] as number, upper[i] as number]);
  });
  return result;
};

/**
 * Robustness at every one of samples taken at irregular instants: a window holds the samples whose instants lie
 * in it, bounds are seconds. Windows without a sample are empty (`always` is +inf, `eventually` -inf).
 *
 * @example
 * const trace = { times: [0, 0.4, 3], signals: { x: [3, 2, 1] } };
 * Array.from(robustnessSampled(parseFormula("always[0, 1] x > 0"), trace)); // => [2, 2, 1]
 */
export const robustnessSampled = (formula: Formula, trace: SampledTrace): Float64Array => {
  const times = Array.from(trace.times);
  const signals = formula.signals.map((name) => {
    const values = Object.hasOwn(trace.signals, name)
      ? Array.from(trace.signals[name] as ArrayLike<number>)
      : [];
    if (values.length !== times.length) {
      throw new TraceError(`signal ${name} has ${values.length} samples, there are ${times.length} instants`);
    }
    return values.length === 0 ? { times, values } : checked(name, times, values);
  });
  if (times.length === 0) return new Float64Array(0);
  const result = evaluate(normalForm(formula.sampledPlan), signals, times[0] as number, sampledTime);
  return Float64Array.from(result.values);
};
