import type { Formula } from "../compile/parseFormula.ts";
import { TraceError } from "../evaluate/Trace.ts";
import { onlinePlan, StreamBlock } from "./StreamBlock.ts";

/** Judges a formula on many streams, one sample of each at a time. */
export interface StreamsMonitor {
  /** Samples after an instant until its robustness is known. */
  readonly delay: number;
  /** Numbers kept, of all streams together; fixed from the start. */
  readonly memory: number;
  /**
   * Takes the next sample of every stream, for each signal one value a stream, and gives the robustness of every
   * stream `delay` samples before it; undefined while there is none. NaN where missing samples (NaN) leave it open.
   *
   * The array is the monitor's own and filled anew by the next push: copy what shall stay.
   *
   * Throws {@link TraceError}, before anything is taken, where a signal is absent or a column has another length.
   */
  push(columns: Readonly<Record<string, Float64Array>>): Float64Array | undefined;
}

/** Streams of a block: what it works on stays near the processor. */
const BLOCK = 512;

/**
 * Makes one monitor for many streams, such as the sensors of a city. Each gets the values that `monitor` gives it
 * alone, to the bit, at a fraction of the time.
 *
 * Throws RangeError where the formula looks ahead without end, a window keeps more than 16,777,216 samples, or
 * `streams` is no whole number from 1 on.
 *
 * @example
 * const watch = monitorEach(parseFormula("always[0, 1] speed <= 50"), 3);
 * watch.push({ speed: Float64Array.of(40, 48, 30) }); // => undefined
 * watch.push({ speed: Float64Array.of(45, 53, NaN) }); // => Float64Array [5, -3, NaN]
 */
export const monitorEach = (formula: Formula, streams: number): StreamsMonitor => {
  if (!(Number.isSafeInteger(streams) && streams >= 1)) {
    throw new RangeError(`${streams} streams cannot be watched: give a whole number from 1 on`);
  }
  const online = onlinePlan(formula);
  const names = online.channels.map((channel) => formula.signals[channel] as string);
  const blocks = Array.from(
    { length: Math.ceil(streams / BLOCK) },
    (_, k) => new StreamBlock(online, Math.min(BLOCK, streams - k * BLOCK)),
  );
  const taken: Float64Array[] = names.map(() => new Float64Array(0));
  const verdicts = new Float64Array(streams);
  return {
    delay: online.delay,
    memory: online.numbers * streams,
    push(columns) {
      let fit = true;
      for (let k = 0; k < names.length; k++) {
        const column = columns[names[k] as string];
        if (column?.length === streams) taken[k] = column;
        else fit = false;
      }
      if (!fit) throw new TraceError(misfits(names, columns, streams));
      let judged = false;
      for (let k = 0; k < blocks.length; k++) {
        judged = (blocks[k] as StreamBlock).push(taken, k * BLOCK, verdicts);
      }
      return judged ? verdicts : undefined;
    },
  };
};

/** What is wrong with the columns of a sample, all at once. */
const misfits = (
  names: readonly string[],
  columns: Readonly<Record<string, Float64Array>>,
  streams: number,
): string => {
  const absent = names.filter((name) => columns[name] === undefined);
  const faults = names.flatMap((name) => {
    const length = columns[name]?.length ?? streams;
    return length === streams ? [] : [`the signal ${name} has ${length} values for ${streams} streams`];
  });
  if (absent.length > 0) faults.unshift(`the sample lacks the signal ${absent.join(", ")}`);
  return `${faults.join("; ")}: give one value a stream, NaN for what is missing`;
};
