import type { Formula } from "../compile/parseFormula.ts";
import { normalForm } from "../plan/normalForm.ts";
import { childrenOf } from "../plan/operandsOf.ts";
import type { Plan } from "../plan/Plan.ts";
import { aloneStep } from "./aloneStep.ts";
import { affordable } from "./createRing.ts";
import { formulaSteps } from "./formulaSteps.ts";
import { type Input, numberSteps, signalStep } from "./numberSteps.ts";
import type { Step } from "./OnlineNode.ts";
import { type OnlineRoom, onlineRooms } from "./OnlineRoom.ts";
import { RowRing } from "./RowRing.ts";

/** A plan that is to be judged sample by sample. */
export interface OnlinePlan {
  readonly plan: Plan;
  readonly rooms: readonly OnlineRoom[];
  /** Channels of the plan that it reads, in the order of the columns of a sample. */
  readonly channels: readonly number[];
  readonly delay: number;
  /** Numbers that one stream keeps. */
  readonly numbers: number;
}

/**
 * The plan of a formula, as it is judged online.
 *
 * Throws RangeError where the formula looks ahead without end.
 */
export const onlinePlan = (formula: Formula): OnlinePlan => {
  const plan = normalForm(formula.plan);
  const rooms = onlineRooms(plan);
  const { delay } = rooms.at(-1) as OnlineRoom;
  if (delay === Infinity) {
    throw new RangeError(
      `${formula.text} looks ahead without end, so no value is ever settled: give its always, eventually or until an interval`,
    );
  }
  return {
    plan,
    rooms,
    channels: plan.nodes.flatMap((node) => (node.kind === "signal" ? [node.channel] : [])),
    delay,
    numbers: rooms.reduce((sum, room) => sum + room.numbers, 0),
  };
};

/** Samples without a gap for which both bounds are still kept: where gaps are common, they are not worth leaving. */
const PATIENCE = 16;

/** Streams that are judged in lockstep: every node of the plan keeps their values side by side. */
export class StreamBlock {
  readonly #delay: number;
  readonly #streams: number;
  readonly #steps: readonly Step[];
  readonly #splits: readonly (() => void)[];
  /** The rows of all nodes, one after the other. */
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  readonly #root: RowRing;
  readonly #input: Input = { columns: [], from: 0 };
  readonly #settle: number;
  #time = -1;
  /** While all is known one bound is carried, from an unknown value on two, until nothing depends on it any more. */
  #exact = true;
  #knownSince = 0;

  constructor({ plan, rooms, channels, delay }: OnlinePlan, streams: number) {
    const steps: Step[] = [];
    const splits: (() => void)[] = [];
    const rings: RowRing[] = [];
    const rows = rooms.reduce((sum, { kept }) => sum + affordable(kept), 0);
    this.#lower = new Float64Array(rows * streams);
    this.#upper = new Float64Array(rows * streams);
    let first = 0;
    plan.nodes.forEach((node, n) => {
      const room = rooms[n] as OnlineRoom;
      const ring = new RowRing(this.#lower, this.#upper, first, room.kept, streams);
      rings.push(ring);
      first += room.kept * streams;
      if (node.kind === "signal") {
        steps.push(signalStep(ring, this.#input, channels.indexOf(node.channel)));
        return;
      }
      const operands = childrenOf(node).map((child) => rings[child] as RowRing);
      const online = { node, delay: room.delay, ring, operands };
      const made = numberSteps(online) ?? formulaSteps(online);
      steps.push(...made.steps.map((step) => (made.steps.length === 1 ? aloneStep(online, step) : step)));
      if (made.split !== undefined) splits.push(made.split);
    });
    this.#delay = delay;
    this.#streams = streams;
    this.#steps = steps;
    this.#splits = splits;
    this.#root = rings[rings.length - 1] as RowRing;
    this.#settle = Math.max(...rooms.map((room) => room.settle)) + PATIENCE;
  }

  /**
   * Takes the next sample, its streams from `from` on in each column, and writes the robustness `delay` samples
   * before to the same places of `verdicts`, NaN where it is open. False while there is none.
   */
  push(columns: readonly Float64Array[], from: number, verdicts: Float64Array): boolean {
    this.#input.columns = columns;
    this.#input.from = from;
    const steps = this.#steps;
    const time = ++this.#time;
    let k = 0;
    if (this.#exact) {
      while (k < steps.length && (steps[k] as Step)(time, true)) k++;
      if (k < steps.length) this.#split();
    }
    if (!this.#exact) {
      let known = k === 0;
      for (; k < steps.length; k++) known = (steps[k] as Step)(time, false) && known;
      this.#knownSince = known ? this.#knownSince + 1 : 0;
    }
    if (time < this.#delay) return false;
    this.#write(this.#root.at(time - this.#delay), from, verdicts);
    if (!this.#exact && this.#knownSince >= this.#settle) this.#exact = true;
    return true;
  }

  #write(root: number, from: number, verdicts: Float64Array): void {
    const lower = this.#lower;
    if (this.#exact && this.#streams === 1) {
      verdicts[from] = lower[root] as number;
      return;
    }
    const upper = this.#exact ? lower : this.#upper;
    for (let i = 0; i < this.#streams; i++) {
      const value = lower[root + i] as number;
      verdicts[from + i] = value === upper[root + i] ? value : NaN;
    }
  }

  #split(): void {
    this.#upper.set(this.#lower);
    for (const split of this.#splits) split();
    this.#exact = false;
    this.#knownSince = 0;
  }
}
