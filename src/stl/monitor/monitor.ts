import type { Formula } from "../compile/parseFormula.ts";
import { TraceError } from "../evaluate/Trace.ts";
import { onlinePlan, StreamBlock } from "./StreamBlock.ts";

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
 * constant time a sample and in memory that its windows need. For many streams see `monitorEach`.
 *
 * Throws RangeError where the formula looks ahead without end, or a window keeps more than 16,777,216 samples.
 *
 * @example
 * const watch = monitor(parseFormula("always[0, 1] x > 1"));
 * [3, 2, 5].map((x) => watch.push({ x })); // => [undefined, 1, 1]
 */
export const monitor = (formula: Formula): Monitor => {
  const online = onlinePlan(formula);
  const block = new StreamBlock(online, 1);
  const names = online.channels.map((channel) => formula.signals[channel] as string);
  const columns = names.map(() => new Float64Array(1));
  const verdict = new Float64Array(1);
  return {
    delay: online.delay,
    memory: online.numbers,
    push(sample) {
      for (let k = 0; k < names.length; k++) {
        const reading = sample[names[k] as string];
        if (reading === undefined) {
          const absent = names.filter((name) => sample[name] === undefined);
          throw new TraceError(
            `the sample lacks the signal ${absent.join(", ")}: give NaN for what is missing`,
          );
        }
        (columns[k] as Float64Array)[0] = reading;
      }
      return block.push(columns, 0, verdict) ? verdict[0] : undefined;
    },
  };
};
