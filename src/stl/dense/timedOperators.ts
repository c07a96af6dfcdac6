/** Temporal operators over instants in seconds: dense time and samples at irregular instants. */
import type { FormulaNode } from "../plan/Plan.ts";
import {
  aligned,
  instants,
  pieceAt,
  simplified,
  slidingOverPieces,
  type StepFunction,
} from "./StepFunction.ts";

type WindowNode = Extract<FormulaNode, { kind: "always" | "eventually" | "historically" | "once" }>;
type TimedNode = Extract<FormulaNode, { kind: "until" | "release" | "since" | "triggers" }>;

/** What a time model decides: the instants of a result, and the pieces that a window covers. */
export interface TimeModel {
  readonly instantsOf: (
    times: readonly number[],
    distances: readonly [lower: number, upper: number],
    past: boolean,
  ) => readonly number[];
  /** First piece that the instant or something after it belongs to. */
  readonly firstPiece: (times: readonly number[], instant: number) => number;
  readonly lastPiece: (times: readonly number[], instant: number) => number;
  /** Pieces have a duration, so that leaving one needs phi on a part of it. */
  readonly dense: boolean;
}

/** Signals hold their values; a result changes where a bound of its window meets a change. */
export const denseTime: TimeModel = {
  instantsOf: (times, distances, past) => {
    // Ahead of a signal's start a window may already reach it; but nothing is said of instants before 0.
    const begin = times[0] as number;
    const [near, far] = distances;
    // A past that lies apart from the instant may be empty there as well as anywhere.
    const reach = past ? (near > 0 ? Infinity : 0) : Number.isFinite(far) ? far : 0;
    const start = Math.max(Math.min(0, begin), begin - reach);
    const shifts = distances.filter(Number.isFinite).map((distance) => (past ? distance : -distance));
    const moved = shifts.flatMap((shift) => times.map((time) => time + shift));
    return instants([...times, ...moved], start);
  },
  firstPiece: (times, instant) => Math.max(0, pieceAt(times, instant)),
  lastPiece: pieceAt,
  dense: true,
};

/** Samples are points; a window holds those whose instants lie in it. */
export const sampledTime: TimeModel = {
  instantsOf: (times) => times,
  firstPiece: (times, instant) => {
    const piece = pieceAt(times, instant);
    const onIt =
      piece >= 0 && Math.abs((times[piece] as number) - instant) <= 1e-9 * Math.max(1, Math.abs(instant));
    return onIt ? piece : piece + 1;
  },
  lastPiece: pieceAt,
  dense: false,
};

const isPast = (kind: FormulaNode["kind"]): boolean =>
  kind === "historically" || kind === "once" || kind === "since" || kind === "triggers";

export const windowOver = (node: WindowNode, operand: StepFunction, model: TimeModel): StepFunction => {
  const past = isPast(node.kind);
  const far = node.upper ?? Infinity;
  const times = model.instantsOf(operand.times, [node.lower, far], past);
  const from = times.map((t) => model.firstPiece(operand.times, past ? t - far : t + node.lower));
  const to = times.map((t) => model.lastPiece(operand.times, past ? t - node.lower : t + far));
  const sign = node.kind === "always" || node.kind === "historically" ? -1 : 1;
  const result = { times, values: slidingOverPieces(operand.values, from, to, sign) };
  return model.dense ? simplified(result) : result;
};

/** The mirror images of the operands' signs for release and triggers: the duals of until and since. */
export const timedOver = (
  node: TimedNode,
  left: StepFunction,
  right: StepFunction,
  model: TimeModel,
): StepFunction => {
  const past = isPast(node.kind);
  const sign = node.kind === "until" || node.kind === "since" ? 1 : -1;
  const far = node.upper ?? Infinity;
  const common = aligned([left, right]);
  const [p = [], q = []] = common.values.map((values) => values.map((value) => sign * value));
  const own = common.times;
  const times = model.instantsOf(own, [node.lower, far], past);
  const here = times.map((t) => Math.max(0, pieceAt(own, t)));
  const untimed = past ? sinceAlways(p, q, model.dense) : untilAlways(p, q);
  // The witness lies between these pieces; phi from here to the near one of them.
  const near = times.map((t) =>
    past ? model.lastPiece(own, t - node.lower) : model.firstPiece(own, t + node.lower),
  );
  const farPieces = times.map((t) => (past ? model.firstPiece(own, t - far) : model.lastPiece(own, t + far)));
  const [from, to] = past ? [farPieces, near] : [near, farPieces];
  const reached = slidingOverPieces(q, from, to, 1);
  const edge = model.dense ? 0 : 1;
  const lasting =
    node.lower === 0
      ? times.map(() => Infinity)
      : past
        ? slidingOverPieces(
            p,
            near.map((piece) => Math.max(0, piece + edge)),
            here,
            -1,
          )
        : slidingOverPieces(
            p,
            here,
            near.map((piece) => Math.min(piece - edge, own.length - 1)),
            -1,
          );
  const values = times.map((_, i) => {
    const piece = near[i] as number;
    const later = piece >= 0 && piece < own.length ? (untimed[piece] as number) : -Infinity;
    return sign * Math.min(lasting[i] as number, reached[i] as number, later);
  });
  return model.dense ? simplified({ times, values }) : { times, values };
};

const untilAlways = (p: readonly number[], q: readonly number[]): number[] => {
  const result: number[] = [];
  let next = -Infinity;
  for (let i = p.length - 1; i >= 0; i--) {
    next = Math.max(q[i] as number, Math.min(p[i] as number, next));
    result[i] = next;
  }
  return result;
};

/** In dense time a witness within an earlier piece needs phi on the rest of that piece too. */
const sinceAlways = (p: readonly number[], q: readonly number[], dense: boolean): number[] => {
  let carried = -Infinity;
  return p.map((own, i) => {
    const value = Math.max(q[i] as number, Math.min(own, carried));
    carried = dense ? Math.min(own, Math.max(q[i] as number, carried)) : value;
    return value;
  });
};
