/** Words and symbols with a meaning of their own. */
import type { ConnectiveOperator, Relation } from "./Syntax.ts";

export const temporalWords = new Set([
  "always",
  "eventually",
  "historically",
  "once",
  "next",
  "prev",
  "s_next",
  "s_prev",
]);
export const timedWords = new Set(["always", "eventually", "historically", "once"]);
export const binaryTemporalWords = new Set(["until", "release", "unless", "since", "triggers"]);
/** Words that an interval may follow. */
export const intervalWords = new Set([...timedWords, ...binaryTemporalWords]);
export const quantifierWords = new Set(["forall", "exists", "atleast", "atmost", "exactly"]);
export const aggregateWords = new Set(["mean", "min", "max", "sum", "count"]);
export const durationUnits = new Set(["ns", "us", "ms", "s", "min", "h", "d"]);
export const connectiveSymbols: Readonly<Record<string, ConnectiveOperator>> = {
  "&&": "and",
  "||": "or",
  "->": "implies",
  "<->": "iff",
};
export const rtamtWords: Readonly<Record<string, string>> = {
  G: "always",
  F: "eventually",
  H: "historically",
  O: "once",
  X: "next",
  Y: "prev",
  U: "until",
  S: "since",
  W: "unless",
};
/** Words of operators: a signal of such a name is written in quotes. */
export const reservedWords = new Set([
  ...temporalWords,
  ...binaryTemporalWords,
  ...quantifierWords,
  ..."not and or implies iff xor in where over inf".split(" "),
]);

export const relations: Readonly<Record<string, Relation>> = {
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "==": "==",
  "!=": "!=",
  "!==": "!=",
};
