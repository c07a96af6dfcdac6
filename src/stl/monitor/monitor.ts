import { MonitorNode } from "./MonitorNode.ts";
import { normalForm } from "../plan/normalForm.ts";
import type { Formula } from "../compile/parseFormula.ts";
import type { PlanNode } from "../plan/Plan.ts";
import { TraceError } from "../evaluate/Trace.ts";

/** Judges a formula on samples as they come. */
export interface Monitor {
  /** Samples after an instant until its robustness is known. */
  readonly delay: number;
  /** Numbers kept, fixed from the start. */
  readonly memory: number;
  /**
   * Takes the next sample and gives the robustness `delay` samples before it; undefined while there is none.
   * NaN where a missing sample (NaN) leaves it open.
   */
  push(sample: Readonly<Record<string, number>>): number | undefined;
}

/**
 * Makes a monitor. It gives the values of `robustness`, each as soon as its future is seen, in amortised
 * constant time a sample and in memory that its windows need.
 *
 * Throws RangeError where the formula looks ahead without end, or a window keeps more than 16,777,216 samples.
 *
 * @example
 * const watch = monitor(parseFormula("always[0, 1] x > 1"));
 * [3, 2, 5].map((x) => watch.push({ x })); // => [undefined, 1, 1]
 */
export const monitor = (formula: Formula): Monitor => {
  const plan = normalForm(formula.plan);
  const nodes: MonitorNode[] = [];
  plan.nodes.forEach((node) => nodes.push(new MonitorNode(node, nodes)));
  const root = nodes[nodes.length - 1] as MonitorNode;
  if (root.delay === Infinity) {
    throw new RangeError(
      `${formula.text} looks ahead without end, so no value is ever settled: give its always, eventually or until an interval`,
    );
  }
  for (const node of nodes) node.allocate();
  const signals = nodes.filter((node) => node.node.kind === "signal");
  const names = signals.map((node) => signalName(formula, node.node));
  const indices: number[] = [];
  const steps: ((time: number) => boolean)[] = [];
  nodes.forEach((node, n) => {
    const step = node.exactStep();
    if (step === undefined) return;
    indices.push(n);
    steps.push(step);
  });
  let time = -1;
  // While all is known, one bound is carried; from the first unknown value on, two.
  let exact = true;

  /** Steps in exact arithmetic; gives the node from which on bounds are needed, or -1. */
  const stepExactly = (): number => {
    for (const signal of signals) if (signal.open) return 0;
    for (let k = 0; k < steps.length; k++) {
      if ((steps[k] as (time: number) => boolean)(time)) return indices[k] as number;
    }
    return -1;
  };

  return {
    delay: root.delay,
    memory: nodes.reduce((sum, node) => sum + node.memory, 0),
    push(sample) {
      for (let k = 0; k < signals.length; k++) {
        const reading = sample[names[k] as string];
        if (reading === undefined) {
          throw new TraceError(`the sample lacks the signal ${names[k]}: give NaN if it is missing`);
        }
        (signals[k] as MonitorNode).put(time + 1, reading);
      }
      time++;
      let from = 0;
      if (exact) {
        from = stepExactly();
        if (from >= 0) {
          exact = false;
          for (const node of nodes) node.split();
        }
      }
      if (!exact) for (let n = from; n < nodes.length; n++) (nodes[n] as MonitorNode).step(time, false);
      if (time < root.delay) return undefined;
      const lower = root.lower(time - root.delay);
      return exact || lower === root.upper(time - root.delay) ? lower : NaN;
    },
  };
};

const signalName = (formula: Formula, node: PlanNode): string =>
  node.kind === "signal" ? (formula.signals[node.channel] as string) : "";
