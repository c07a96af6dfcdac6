/** What a `.stl` file says, imports included, before it is bound to a site. */
import type { DayRange } from "./calendarDays.ts";
import type { Place } from "./Problem.ts";
import type { DurationTerm, NameTerm, Term } from "./Syntax.ts";

/** How a gap in a signal is read: as unknown, or as the last reading for up to a duration. */
export type MissingPolicy =
  | { readonly kind: "unknown" }
  | { readonly kind: "hold"; readonly limit?: DurationTerm };

export interface SignalDeclaration {
  readonly name: string;
  readonly unit?: string;
  /** In the declared unit. */
  readonly range?: { readonly lower: number; readonly upper: number };
  readonly missing: MissingPolicy;
  readonly place: Place;
}

export interface ParameterDeclaration {
  readonly name: string;
  readonly unit?: string;
  readonly value: Term;
  readonly range?: { readonly lower: Term; readonly upper: Term };
  readonly learnable: boolean;
  readonly place: Place;
}

/** `sensors a = { ... }` or `group a = ...`. */
export interface GroupDeclaration {
  readonly name: string;
  readonly value: GroupExpression;
  readonly place: Place;
}

export type GroupExpression =
  | { readonly kind: "list"; readonly sensors: readonly NameTerm[]; readonly place: Place }
  | { readonly kind: "tag"; readonly tag: string; readonly place: Place }
  | { readonly kind: "near"; readonly sensor: NameTerm; readonly distance: Term; readonly place: Place }
  | { readonly kind: "name"; readonly name: string; readonly place: Place }
  | {
      readonly kind: "union" | "intersection" | "difference";
      readonly left: GroupExpression;
      readonly right: GroupExpression;
      readonly place: Place;
    };

/** `days holidays = { "2026-12-25", "2026-12-31/2027-01-01" };` */
export interface DaysDeclaration {
  readonly name: string;
  readonly ranges: readonly DayRange[];
  readonly place: Place;
}

export interface LetDeclaration {
  readonly name: string;
  readonly parameters: readonly NameTerm[];
  readonly value: Term;
  readonly place: Place;
}

export type Severity = "info" | "minor" | "major" | "critical";

/** One `require`. */
export interface RuleDeclaration {
  readonly name: string;
  readonly severity: Severity;
  readonly weight: number;
  readonly tags: readonly string[];
  /** As written: a number or a quantity. */
  readonly scale?: Term;
  readonly owner?: string;
  readonly because?: string;
  /** Judged at the start of a trace alone, or at every instant. */
  readonly at: "start" | "every";
  readonly formula: Term;
  readonly place: Place;
}

export interface Sampling {
  readonly kind: "regular" | "irregular";
  readonly period?: DurationTerm;
  readonly tolerancePercent?: number;
  readonly interpolation?: "hold" | "linear";
  readonly place: Place;
}

export interface Spec {
  readonly source: string;
  readonly name?: string;
  readonly title?: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly sampling?: Sampling;
  readonly signals: readonly SignalDeclaration[];
  readonly parameters: readonly ParameterDeclaration[];
  readonly groups: readonly GroupDeclaration[];
  readonly days: readonly DaysDeclaration[];
  readonly lets: readonly LetDeclaration[];
  readonly rules: readonly RuleDeclaration[];
  /** Every text that was read, by source name: what {@link formatProblems} cites. */
  readonly texts: Readonly<Record<string, string>>;
}
