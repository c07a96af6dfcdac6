import { cellNumbers, type EventModelShape, tableNumbers } from "../../src/model/eventModel/EventModel.ts";
import type { EventKind } from "./eventKinds.ts";
import type { EventStream } from "./EventStream.ts";
import type { EventRound, KeptKind, KindBudget } from "./trainKind.ts";

/** A kind and what became of it. */
export interface KindResult {
  readonly kind: EventKind;
  readonly kept: KeptKind;
}

/** Bytes that a model takes where it is used: numbers of 32 bits, ternary weights of two; cells of a table of 32. */
export const modelBytes = (shape: EventModelShape, cells: number): number => {
  const inCell = cellNumbers(shape);
  // Four numbers a column of the cell stay as they are: scales fold into them.
  const { inputs, units } = shape;
  const weights = (inCell / (inputs + units + 4)) * (inputs + units);
  const cell = shape.ternary === true ? Math.ceil(weights / 4) + 4 * (inCell - weights) : 4 * inCell;
  return 4 * (tableNumbers(shape) + cells) + cell;
};

const counted = (tokens: Int32Array, size: number): Float64Array => {
  const counts = new Float64Array(size);
  for (const token of tokens) counts[token]!++;
  return counts;
};

/** Perplexity of how often each detector occurs, with one more event each. */
export const countingPerplexity = ({ detectors, test, training }: EventStream): number => {
  const counts = counted(training, detectors);
  const nats = test.reduce(
    (sum, token) => sum - Math.log((counts[token]! + 1) / (training.length + detectors)),
    0,
  );
  return Math.exp(nats / test.length);
};

/**
 * Perplexity of what followed each detector in training, the rest shared out by how often each occurs (Witten & Bell, 1991:
 * P(b | a) = (n(a b) + d(a) P(b)) / (n(a) + d(a)), with d(a) different followers).
 */
export const chainPerplexity = ({ detectors, test, training }: EventStream): number => {
  const counts = counted(training, detectors);
  const pairs = new Map<number, number>();
  const followers = new Float64Array(detectors);
  const followed = new Float64Array(detectors);
  for (let k = 1; k < training.length; k++) {
    const from = training[k - 1]!;
    const pair = from * detectors + training[k]!;
    const count = pairs.get(pair) ?? 0;
    if (count === 0) followers[from]!++;
    followed[from]!++;
    pairs.set(pair, count + 1);
  }
  let nats = 0;
  for (let k = 1; k < test.length; k++) {
    const [from, to] = [test[k - 1]!, test[k]!];
    const alone = (counts[to]! + 1) / (training.length + detectors);
    const all = followed[from]! + followers[from]!;
    const pair = pairs.get(from * detectors + to) ?? 0;
    nats -= Math.log(all === 0 ? alone : (pair + followers[from]! * alone) / all);
  }
  return Math.exp(nats / (test.length - 1));
};

const shownRound = ({ moved, undone, validation }: EventRound): string => {
  const share = 100 * moved;
  const how = undone ? " (undone)" : moved > 0 ? ` (${share.toFixed(share < 10 ? 1 : 0)} % moved)` : "";
  return `${validation.toPrecision(3)}${how}`;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The results of one stream in Markdown, the first model's beside the others'. */
export const lightrnnTable = (
  stream: EventStream,
  results: readonly KindResult[],
  { epochs, learningRate, rounds, seed }: KindBudget,
): string => {
  const first = results[0];
  const stepOf = ({ kept }: KindResult): number => median(kept.rounds.map(({ step }) => step));
  const rows = results.map((result) => {
    const { kept, kind } = result;
    const numbers = tableNumbers(kind.shape);
    const cells = [
      kind.name,
      `${kind.shape.inputs}, ${kind.shape.units}`,
      numbers,
      (tableNumbers(first!.kind.shape) / numbers).toFixed(1),
      cellNumbers(kind.shape),
      modelBytes(kind.shape, kind.table?.cellOf.length ?? 0),
      stepOf(result).toPrecision(3),
      (stepOf(first!) / stepOf(result)).toPrecision(2),
      kept.best.test.toFixed(2),
      `${kept.rounds.map(shownRound).join(", ")}${kept.rounds.length < rounds ? " (unfinished)" : ""}`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head =
    "| model | inputs, units | numbers in tables | times fewer | in the cell | bytes | ms of processor a step | times faster | perplexity, test | validation, by round |";
  const floor =
    stream.floor === undefined ? "" : ` No model can be below ${stream.floor.toFixed(2)} on the test events.`;
  const plain = `Counting detectors alone has ${countingPerplexity(stream).toFixed(2)}, counting pairs ${chainPerplexity(stream).toFixed(2)}.`;
  const size = `${stream.training.length} events to train, ${stream.validation.length} to validate, ${stream.test.length} to test`;
  const how = `${rounds} rounds of ${epochs} passes, Adam from ${learningRate} down to ${Number((learningRate / rounds).toPrecision(3))}, seed ${seed}`;
  return `### ${stream.name}\n\n${size}; ${how}.${floor} ${plain}\n\n${head}\n|${" --- |".repeat(10)}\n${rows.join("\n")}\n`;
};
