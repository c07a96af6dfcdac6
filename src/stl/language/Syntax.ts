/**
 * The syntax tree of the rule language. Every node knows its place.
 *
 * Formulas and expressions share one union, {@link Term}: a name may stand for either, so the parser cannot
 * tell them apart; compiling a term says where a formula stands in place of a number and the other way round.
 */
import type { Place } from "./Problem.ts";

export type Relation = "<" | "<=" | ">" | ">=" | "==" | "!=";
export type DurationUnit = "ns" | "us" | "ms" | "s" | "min" | "h" | "d" | "samples";

interface Node {
  readonly place: Place;
  /** Written within parentheses of its own: no doubt about precedence. */
  readonly parenthesised?: boolean;
}

/** A number, or a number with a unit text as written: `25`, `25 km/h`, `80%`. */
export interface QuantityTerm extends Node {
  readonly kind: "quantity";
  readonly value: number;
  readonly unit?: string;
}
/** `1h30min`, `12 samples`; the numbers as decimal text, so that nothing is rounded. */
export interface DurationTerm extends Node {
  readonly kind: "duration";
  readonly parts: readonly { readonly number: string; readonly unit: DurationUnit }[];
}
interface BooleanTerm extends Node {
  readonly kind: "boolean";
  readonly value: boolean;
}
interface TextTerm extends Node {
  readonly kind: "text";
  readonly value: string;
}
export interface NameTerm extends Node {
  readonly kind: "name";
  readonly name: string;
}
/** A signal of one sensor: `no2[s]`. */
export interface IndexTerm extends Node {
  readonly kind: "index";
  readonly signal: NameTerm;
  readonly sensor: NameTerm;
}
/** `abs(x)`, `polluted(s)`, `delta(x) over 1h`, `rise(p)`. */
export interface CallTerm extends Node {
  readonly kind: "call";
  readonly callee: NameTerm;
  readonly args: readonly Term[];
  readonly over?: Term;
}
export interface NegateTerm extends Node {
  readonly kind: "negate";
  readonly operand: Term;
}
export interface ArithmeticTerm extends Node {
  readonly kind: "arithmetic";
  readonly operator: "+" | "-" | "*" | "/" | "^";
  readonly left: Term;
  readonly right: Term;
}
/** `a < b`, or a chain `a < b <= c`: one operand more than relations. */
export interface ComparisonTerm extends Node {
  readonly kind: "comparison";
  readonly operands: readonly Term[];
  readonly relations: readonly Relation[];
}
/** Whether a sensor belongs to a group; only within `where`. */
interface MemberTerm extends Node {
  readonly kind: "member";
  readonly element: NameTerm;
  readonly domain: Term;
}
interface NotTerm extends Node {
  readonly kind: "not";
  readonly operand: Term;
}
export type ConnectiveOperator = "and" | "or" | "implies" | "iff" | "xor";
export interface ConnectiveTerm extends Node {
  readonly kind: "connective";
  readonly operator: ConnectiveOperator;
  readonly left: Term;
  readonly right: Term;
}
/** `[lower, upper]`; no upper bound means `inf`. */
export interface Interval {
  readonly lower: Term;
  readonly upper?: Term;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
  readonly place: Place;
}
export type TemporalOperator =
  | "always"
  | "eventually"
  | "historically"
  | "once"
  | "next"
  | "prev"
  | "s_next"
  | "s_prev";
export interface TemporalTerm extends Node {
  readonly kind: "temporal";
  readonly operator: TemporalOperator;
  readonly interval?: Interval;
  readonly operand: Term;
}
export type BinaryTemporalOperator = "until" | "release" | "unless" | "since" | "triggers";
export interface BinaryTemporalTerm extends Node {
  readonly kind: "binaryTemporal";
  readonly operator: BinaryTemporalOperator;
  readonly interval?: Interval;
  readonly left: Term;
  readonly right: Term;
}
/** What a quantifier counts: a number of sensors or a share of them in percent. */
export interface Count {
  readonly value: number;
  readonly percent: boolean;
  readonly place: Place;
}
export interface QuantifierTerm extends Node {
  readonly kind: "quantifier";
  readonly quantifier: "forall" | "exists" | "atleast" | "atmost" | "exactly";
  readonly count?: Count;
  readonly variable: NameTerm;
  /** `sensors`, a group, `tag("school")` or `near(s, 3 km)`. */
  readonly domain: Term;
  readonly where?: Term;
  readonly body: Term;
}
export interface AggregateTerm extends Node {
  readonly kind: "aggregate";
  readonly operator: "mean" | "min" | "max" | "sum" | "count";
  readonly variable: NameTerm;
  readonly domain: Term;
  readonly where?: Term;
  readonly body: Term;
}

export type Term =
  | QuantityTerm
  | DurationTerm
  | BooleanTerm
  | TextTerm
  | NameTerm
  | IndexTerm
  | CallTerm
  | NegateTerm
  | ArithmeticTerm
  | ComparisonTerm
  | MemberTerm
  | NotTerm
  | ConnectiveTerm
  | TemporalTerm
  | BinaryTemporalTerm
  | QuantifierTerm
  | AggregateTerm;
