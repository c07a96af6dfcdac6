import { type Place, problemAt } from "./Problem.ts";
import { type DayRange, readDays } from "./calendarDays.ts";
import type {
  DaysDeclaration,
  GroupDeclaration,
  LetDeclaration,
  MissingPolicy,
  ParameterDeclaration,
  RuleDeclaration,
  Sampling,
  Severity,
  SignalDeclaration,
} from "./Spec.ts";
import type { DurationTerm, NameTerm } from "./Syntax.ts";
import { GroupParser } from "./GroupParser.ts";
import { SyntaxFault } from "./TokenReader.ts";
import { parseUnit } from "./Unit.ts";

export interface ImportDeclaration {
  readonly path: string;
  readonly alias?: string;
  readonly place: Place;
}

/** What one file declares, imports not yet followed. */
export interface SpecItems {
  readonly imports: ImportDeclaration[];
  readonly signals: SignalDeclaration[];
  readonly parameters: ParameterDeclaration[];
  readonly groups: GroupDeclaration[];
  readonly days: DaysDeclaration[];
  readonly lets: LetDeclaration[];
  readonly rules: RuleDeclaration[];
  header: { name: string; title?: string; meta: Record<string, string> } | undefined;
  sampling: Sampling | undefined;
}

const itemWords = [
  "import",
  "spec",
  "sampling",
  "signal",
  "param",
  "sensors",
  "group",
  "days",
  "let",
  "require",
];
const attributeWords = ["severity", "weight", "tags", "scale", "owner", "because", "at"];
const severities = ["info", "minor", "major", "critical"];

/** Reads the items of one file; a faulty item is reported and left out, and reading goes on after it. */
export class SpecParser extends GroupParser {
  readonly items: SpecItems = {
    imports: [],
    signals: [],
    parameters: [],
    groups: [],
    days: [],
    lets: [],
    rules: [],
    header: undefined,
    sampling: undefined,
  };
  /** Whether anything but rules was left out: a name that is not declared may be no fault then. */
  declarationsLost = false;

  file(): void {
    while (this.reader.peek().kind !== "end") {
      const isRule = this.reader.isWord("require");
      try {
        this.#item();
      } catch (fault) {
        if (!(fault instanceof SyntaxFault)) throw fault;
        this.problems.push(fault.problem);
        this.resetNesting();
        this.declarationsLost ||= !isRule;
        this.#skipItem();
      }
    }
  }

  /** To past the next `;`, or to a word that starts an item at the start of a line. */
  #skipItem(): void {
    for (;;) {
      const token = this.reader.peek();
      if (token.kind === "end") return;
      if (token.kind === "name" && itemWords.includes(token.text)) {
        const before = this.reader.previous().place;
        if (before.endLine < token.place.line && token.place.column === 1) return;
        this.declarationsLost ||= token.text !== "require";
      }
      this.reader.read();
      if (token.kind === "symbol" && token.text === ";") return;
    }
  }

  #item(): void {
    const start = this.reader.peek().place;
    const word = this.reader.expectWord(
      itemWords,
      "import, spec, sampling, signal, param, group, days, let or require",
    );
    switch (word) {
      case "import":
        this.#import(start);
        break;
      case "spec":
        this.#header();
        return;
      case "sampling":
        this.#sampling(start);
        break;
      case "signal":
        this.#signal();
        break;
      case "param":
        this.#parameter();
        break;
      case "sensors":
        this.#sensors();
        break;
      case "group":
        this.#group();
        break;
      case "days":
        this.#days();
        break;
      case "let":
        this.#let();
        break;
      default:
        this.#require();
    }
    this.#semicolon();
  }

  #semicolon(): void {
    if (this.reader.takeSymbol(";")) return;
    const token = this.reader.peek();
    const { place } = this.reader.previous();
    const atItem = token.kind === "end" || token.place.line > place.endLine || itemWords.includes(token.text);
    if (!atItem) this.reader.fail("; at the end of the item");
    const end = { ...place, line: place.endLine, column: place.endColumn };
    this.problems.push(problemAt(end, "error", "syntax", "the item does not end with ;", "Add ; here."));
  }

  #import(start: Place): void {
    const path = this.text('the path of a file in quotes, such as "limits.stl"');
    const place = this.reader.placeSince(start);
    const alias = this.reader.takeWord("as") ? this.name("a name for the import").name : undefined;
    this.items.imports.push(alias === undefined ? { path, place } : { path, alias, place });
  }

  #header(): void {
    const name = this.name("the name of the spec");
    const title = this.reader.peek().kind === "text" ? this.reader.read().text : undefined;
    const meta: Record<string, string> = {};
    this.reader.expectSymbol("{", "to open the header");
    while (!this.reader.takeSymbol("}")) {
      const start = this.reader.peek().place;
      const key = this.name("an entry such as version = 1, or }").name;
      if (key === "sampling") this.#sampling(start);
      else {
        this.reader.takeSymbol("=");
        const value = this.reader.peek();
        if (value.kind === "symbol" || value.kind === "end") this.reader.fail("a value");
        meta[key] = this.reader.read().text;
      }
      this.reader.expectSymbol(";", "after the entry");
    }
    this.reader.takeSymbol(";");
    if (this.items.header !== undefined) {
      this.problems.push(
        problemAt(name.place, "error", "duplicate", "the file has a second spec header", "Keep one of them."),
      );
    }
    this.items.header = title === undefined ? { name: name.name, meta } : { name: name.name, title, meta };
  }

  #duration(purpose: string): DurationTerm {
    const start = this.reader.peek().place;
    const term = this.term();
    if (term.kind === "duration") return term;
    throw new SyntaxFault(
      problemAt(
        term.place ?? start,
        "error",
        "syntax",
        `expected ${purpose}`,
        "Write a duration such as 5min.",
      ),
    );
  }

  #sampling(start: Place): void {
    if (this.items.sampling !== undefined) {
      this.problems.push(
        problemAt(start, "error", "duplicate", "the sampling is declared twice", "Keep one declaration."),
      );
    }
    if (this.reader.takeWord("irregular")) {
      const interpolation = this.reader.expectWord(["hold", "linear"], "hold or linear") as "hold" | "linear";
      const place = this.reader.placeSince(start);
      this.items.sampling = { kind: "irregular", interpolation, place };
      return;
    }
    const period = this.#duration("the sampling period");
    let tolerancePercent: number | undefined;
    if (this.reader.takeWord("tolerance")) {
      tolerancePercent = this.#number();
      this.reader.expectSymbol("%", "after the tolerance");
    }
    const sampling = { kind: "regular", period, place: this.reader.placeSince(start) } as const;
    this.items.sampling = tolerancePercent === undefined ? sampling : { ...sampling, tolerancePercent };
  }

  #number(): number {
    const sign = this.reader.takeSymbol("-") ? -1 : 1;
    if (this.reader.peek().kind !== "number") this.reader.fail("a number");
    return sign * Number(this.reader.read().text);
  }

  #type(): void {
    this.reader.expectSymbol(":", "before the type");
    this.reader.expectWord(["real", "int"], "the type real or int");
  }

  /** After `in`. */
  #declaredUnit(): string {
    const start = this.reader.peek();
    let text: string;
    if (start.kind === "text") text = this.reader.read().text;
    else if (this.reader.takeSymbol("%")) text = "%";
    else if (start.kind === "number" || start.kind === "name") {
      text = this.reader.read().text;
      while (!this.reader.peek().spaced && /^[/*^]$/.test(this.reader.peek().text)) {
        text += this.reader.read().text;
        text += this.reader.takeSymbol("-") ? "-" : "";
        text += this.reader.read().text;
      }
    } else return this.reader.fail("a unit such as km/h");
    const unit = parseUnit(text);
    if (typeof unit === "string") {
      const place = this.reader.placeSince(start.place);
      this.problems.push(
        problemAt(place, "error", "unknown-unit", unit, "Write a unit such as km/h or ug/m3."),
      );
    }
    return text;
  }

  #signal(): void {
    const names = [this.name("the name of a signal")];
    while (this.reader.takeSymbol(",")) names.push(this.name("the name of a signal"));
    this.#type();
    const unit = this.reader.takeWord("in") ? this.#declaredUnit() : undefined;
    let range: SignalDeclaration["range"];
    if (this.reader.isWord("range")) {
      const { place } = this.reader.read();
      this.reader.expectSymbol("[", "to open the range");
      const lower = this.#number();
      this.reader.expectSymbol(",", "between the bounds");
      const upper = this.#number();
      this.reader.expectSymbol("]", "to close the range");
      range = { lower, upper };
      if (lower > upper) {
        const message = `the range [${lower}, ${upper}] is empty`;
        const where = this.reader.placeSince(place);
        this.problems.push(problemAt(where, "error", "empty-range", message, "Write the lower bound first."));
      }
    }
    const missing = this.reader.takeWord("missing") ? this.#missingPolicy() : ({ kind: "unknown" } as const);
    for (const { name, place } of names) {
      this.items.signals.push({
        name,
        missing,
        place,
        ...(unit === undefined ? {} : { unit }),
        ...(range === undefined ? {} : { range }),
      });
    }
  }

  #missingPolicy(): MissingPolicy {
    const word = this.reader.expectWord(["hold", "unknown"], "hold or unknown");
    if (word === "unknown") return { kind: "unknown" };
    const next = this.reader.peek();
    if (next.kind !== "duration" && next.kind !== "number") return { kind: "hold" };
    return { kind: "hold", limit: this.#duration("how long a reading is held") };
  }

  #parameter(): void {
    const name = this.name("the name of a parameter");
    this.#type();
    const unit = this.reader.takeWord("in") ? this.#declaredUnit() : undefined;
    this.reader.expectSymbol("=", "before the value");
    const value = this.term();
    let range: ParameterDeclaration["range"];
    if (this.reader.takeWord("range")) {
      this.reader.expectSymbol("[", "to open the range");
      const lower = this.term();
      this.reader.expectSymbol(",", "between the bounds");
      const upper = this.term();
      this.reader.expectSymbol("]", "to close the range");
      range = { lower, upper };
    }
    const learnable = this.reader.takeWord("learnable");
    this.items.parameters.push({
      name: name.name,
      value,
      learnable,
      place: name.place,
      ...(unit === undefined ? {} : { unit }),
      ...(range === undefined ? {} : { range }),
    });
  }

  #sensors(): void {
    const name = this.name("a name for the sensors");
    this.reader.expectSymbol("=", "before the list");
    const start = this.reader.expectSymbol("{", "to open the list").place;
    const sensors = [this.sensor()];
    while (this.reader.takeSymbol(",")) sensors.push(this.sensor());
    this.reader.expectSymbol("}", "to close the list");
    const value = { kind: "list", sensors, place: this.reader.placeSince(start) } as const;
    this.items.groups.push({ name: name.name, value, place: name.place });
  }

  #group(): void {
    const name = this.name("the name of a group");
    this.reader.expectSymbol("=", "before the group");
    const value = this.groupExpression();
    this.items.groups.push({ name: name.name, value, place: name.place });
  }

  #days(): void {
    const name = this.name("a name for the days");
    this.reader.expectSymbol("=", "before the list");
    this.reader.expectSymbol("{", "to open the list");
    const ranges: DayRange[] = [];
    do {
      const { place } = this.reader.peek();
      const text = this.text('a date in quotes, such as "2026-12-25"');
      const range = readDays(text);
      if (range !== undefined) ranges.push(range);
      else {
        const message = `${JSON.stringify(text)} is no date, and no two dates in order with / between them`;
        const remedy = 'Write "2026-12-25", or "2026-12-24/2026-12-26" for days on end.';
        this.problems.push(problemAt(place, "error", "bad-date", message, remedy));
      }
    } while (this.reader.takeSymbol(","));
    this.reader.expectSymbol("}", "to close the list");
    this.items.days.push({ name: name.name, ranges, place: name.place });
  }

  #let(): void {
    const name = this.name("a name for the formula or expression");
    const parameters: NameTerm[] = [];
    if (this.reader.takeSymbol("(") && !this.reader.takeSymbol(")")) {
      do parameters.push(this.name("the name of a parameter"));
      while (this.reader.takeSymbol(","));
      this.reader.expectSymbol(")", "after the parameters");
    }
    this.reader.expectSymbol("=", "before what the name stands for");
    this.items.lets.push({ name: name.name, parameters, value: this.term(), place: name.place });
  }

  #require(): void {
    const name = this.name("the name of the rule");
    let rule: RuleDeclaration = {
      name: name.name,
      severity: "major",
      weight: 1,
      tags: [],
      at: "every",
      formula: { kind: "boolean", value: true, place: name.place },
      place: name.place,
    };
    if (this.reader.takeSymbol("(") && !this.reader.takeSymbol(")")) {
      do rule = { ...rule, ...this.#attribute() };
      while (this.reader.takeSymbol(","));
      this.reader.expectSymbol(")", "after the attributes");
    }
    this.reader.expectSymbol(":", "before the formula");
    this.items.rules.push({ ...rule, formula: this.term() });
  }

  #attribute(): Partial<RuleDeclaration> {
    const word = this.reader.expectWord(attributeWords, "an attribute");
    this.reader.expectSymbol("=", `after ${word}`);
    switch (word) {
      case "severity":
        return { severity: this.reader.expectWord(severities, "a severity") as Severity };
      case "weight":
        return { weight: this.#weight() };
      case "tags":
        return { tags: this.#tags() };
      case "scale":
        return { scale: this.term() };
      case "owner":
        return { owner: this.text("a text in double quotes") };
      case "because":
        return { because: this.text("a text in double quotes") };
      default:
        return { at: this.reader.expectWord(["start", "every"], "start or every") as "start" | "every" };
    }
  }

  #weight(): number {
    const start = this.reader.peek().place;
    const weight = this.#number();
    if (weight < 0) {
      const place = this.reader.placeSince(start);
      this.problems.push(
        problemAt(place, "error", "bad-weight", `the weight ${weight} is negative`, "Write a weight >= 0."),
      );
    }
    return weight;
  }

  #tags(): string[] {
    const tags: string[] = [];
    this.reader.expectSymbol("[", "to open the tags");
    if (this.reader.takeSymbol("]")) return tags;
    do tags.push(this.text('a tag in quotes, such as "air"'));
    while (this.reader.takeSymbol(","));
    this.reader.expectSymbol("]", "to close the tags");
    return tags;
  }
}
