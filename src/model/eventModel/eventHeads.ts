import type { SoftmaxCall } from "../../kernels/SoftmaxKernel.ts";
import type { EventModelShape } from "./EventModel.ts";
import type { EventTables } from "./eventTables.ts";

/** One softmax of a model over a batch. */
export interface EventHead {
  /** Which of the losses it adds to: the code, or class and member. */
  readonly loss: number;
  readonly call: SoftmaxCall;
  /** [positions], the row of the states, [halves batch][units], that each position reads. */
  readonly rows: Int32Array;
  /** Array of the output vectors that it uses, from `first` on. */
  readonly array: number;
  readonly first: number;
}

const gathered = (states: Float32Array, rows: Int32Array, units: number): Float32Array => {
  const seen = new Float32Array(rows.length * units);
  rows.forEach((row, k) => seen.set(states.subarray(row * units, (row + 1) * units), k * units));
  return seen;
};

/**
 * The softmaxes of a batch: one a code; with classes one over the classes, then one for each class that came.
 *
 * @param states [halves batch][units], halves of a token one after the other
 * @param targets by code, [steps batch]
 */
export const eventHeads = (
  shape: EventModelShape,
  { outputBiases, outputVectors }: EventTables,
  states: Float32Array,
  targets: readonly Int32Array[],
  batch: number,
): readonly EventHead[] => {
  const { codes, units, vectors } = shape;
  const head = (
    loss: number,
    rows: Int32Array,
    own: Int32Array,
    array: number,
    first: number,
    classes: number,
  ): EventHead => ({
    loss,
    rows,
    array,
    first,
    call: {
      positions: rows.length,
      classes,
      units,
      states: gathered(states, rows, units),
      vectors: outputVectors[array]!.subarray(first * units, (first + classes) * units),
      biases: outputBiases[array]!.subarray(first, first + classes),
      targets: own,
    },
  });
  if (vectors?.kind !== "classes") {
    return codes.map((values, code) => {
      const own = targets[code]!;
      const rows = Int32Array.from(own, (_, k) => {
        const step = Math.floor(k / batch);
        return (step * codes.length + code) * batch + (k - step * batch);
      });
      return head(code, rows, own, code, 0, values);
    });
  }
  const { size, slotOf } = vectors;
  const tokens = codes[0]!;
  const slots = targets[0]!.map((token) => slotOf[token]!);
  const classOf = slots.map((slot) => Math.floor(slot / size));
  const all = Int32Array.from(slots, (_, k) => k);
  const members = new Map<number, number[]>();
  classOf.forEach((own, k) => {
    const list = members.get(own);
    if (list === undefined) members.set(own, [k]);
    else list.push(k);
  });
  return [
    head(0, all, classOf, 0, 0, Math.ceil(tokens / size)),
    ...Array.from(members, ([own, list]) => {
      const first = own * size;
      const rows = Int32Array.from(list);
      return head(
        1,
        rows,
        rows.map((k) => slots[k]! - first),
        1,
        first,
        Math.min(size, tokens - first),
      );
    }),
  ];
};
