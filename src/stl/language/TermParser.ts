import type { Dialect } from "./tokenize.ts";
import { durationParts } from "./Duration.ts";
import { durationTerm } from "./durationTerm.ts";
import { type Place, placeFromTo, type Problem, problemAt } from "./Problem.ts";
import type {
  AggregateTerm,
  ArithmeticTerm,
  BinaryTemporalOperator,
  BinaryTemporalTerm,
  ConnectiveOperator,
  Count,
  Interval,
  NameTerm,
  QuantifierTerm,
  Relation,
  TemporalOperator,
  TemporalTerm,
  Term,
} from "./Syntax.ts";
import type { Token } from "./Token.ts";
import { SyntaxFault, TokenReader } from "./TokenReader.ts";
import {
  temporalWords,
  timedWords,
  binaryTemporalWords,
  quantifierWords,
  aggregateWords,
  connectiveSymbols,
  intervalWords,
  rtamtWords,
  reservedWords,
  relations,
} from "./keywords.ts";
import { nearestName } from "./nearestName.ts";
import { opensInterval } from "./opensInterval.ts";
import { readQuantity } from "./readQuantity.ts";

/** Deeper trees are refused, as every walk over them recurses; so is deeper nesting, on which the parser does. */
export const greatestHeight = 1000;
const greatestNesting = 250;

/**
 * Reads terms by precedence climbing: quantifiers bind loosest, then iff and xor, implies, or, and, until and
 * its kin, prefix operators, comparisons, sums, products, minus, powers.
 */
export class TermParser {
  readonly reader: TokenReader;
  readonly problems: Problem[] = [];
  readonly #dialect: Dialect;
  readonly #heights = new WeakMap<Term, number>();
  #nesting = 0;

  constructor(tokens: readonly Token[], dialect: Dialect) {
    this.reader = new TokenReader(tokens);
    this.#dialect = dialect;
  }

  /** A formula or an expression. */
  term(): Term {
    return this.nested(() => this.#equivalence());
  }

  name(purpose: string): NameTerm {
    const token = this.reader.expectName(purpose);
    return { kind: "name", name: token.text, place: token.place };
  }

  protected nested<T>(parse: () => T): T {
    this.#nesting++;
    if (this.#nesting > greatestNesting) this.tooDeep(this.reader.peek().place);
    const parsed = parse();
    this.#nesting--;
    return parsed;
  }

  protected tooDeep(place: Place): never {
    const message = `this nests deeper than ${greatestNesting} levels or chains more than ${greatestHeight}`;
    throw new SyntaxFault(
      problemAt(place, "error", "too-deep", message, "Name parts of it with let or group."),
    );
  }

  /** Called after a fault, before the next item. */
  resetNesting(): void {
    this.#nesting = 0;
  }

  #built<T extends Term>(term: T, children: readonly Term[] = []): T {
    let height = 0;
    for (const child of children) height = Math.max(height, this.#heights.get(child) ?? 0);
    if (height >= greatestHeight) this.tooDeep(term.place);
    this.#heights.set(term, height + 1);
    return term;
  }

  #timed<T extends TemporalTerm | BinaryTemporalTerm>(
    term: T,
    interval: Interval | undefined,
    operands: readonly Term[],
  ): T {
    if (interval === undefined) return this.#built(term, operands);
    const { lower, upper } = interval;
    const bounds = upper === undefined ? [lower] : [lower, upper];
    return this.#built({ ...term, interval }, [...operands, ...bounds]);
  }

  /** The word or symbol at the reader, if it joins formulas, in its long spelling. */
  #word(): string {
    const token = this.reader.peek();
    if (token.kind === "symbol") return connectiveSymbols[token.text] ?? "";
    if (token.kind !== "name") return "";
    return this.#dialect === "rtamt" ? (rtamtWords[token.text] ?? token.text) : token.text;
  }

  #connect(operator: ConnectiveOperator, left: Term, right: Term): Term {
    const place = placeFromTo(left.place, right.place);
    return this.#built({ kind: "connective", operator, left, right, place }, [left, right]);
  }

  #equivalence(): Term {
    let left = this.#implication();
    for (let word = this.#word(); word === "iff" || word === "xor"; word = this.#word()) {
      this.reader.read();
      left = this.#connect(word, left, this.#implication());
    }
    return left;
  }

  #implication(): Term {
    let left = this.#disjunction();
    while (this.#word() === "implies") {
      this.reader.read();
      // rtamt groups implications to the left, everybody else to the right.
      if (this.#dialect === "rtamt") left = this.#connect("implies", left, this.#disjunction());
      else
        return this.#connect(
          "implies",
          left,
          this.nested(() => this.#implication()),
        );
    }
    return left;
  }

  #disjunction(): Term {
    let left = this.#conjunction();
    while (this.#word() === "or") {
      this.reader.read();
      left = this.#connect("or", left, this.#conjunction());
    }
    return left;
  }

  #conjunction(): Term {
    let left = this.#binaryTemporal();
    while (this.#word() === "and") {
      this.reader.read();
      left = this.#connect("and", left, this.#binaryTemporal());
    }
    return left;
  }

  #binaryTemporal(): Term {
    let left = this.#prefix();
    for (let joined = false; binaryTemporalWords.has(this.#word()); joined = true) {
      const operator = this.#word() as BinaryTemporalOperator;
      const token = this.reader.read();
      if (joined && left.parenthesised !== true) {
        this.problems.push(
          problemAt(
            token.place,
            "error",
            "ambiguous",
            `${operator} follows another until, release, unless, since or triggers`,
            "Put parentheses around the pair that belongs together.",
          ),
        );
      }
      const interval = this.#interval();
      const right = this.#prefix();
      const place = placeFromTo(left.place, right.place);
      const term = { kind: "binaryTemporal", operator, left, right, place } as const;
      left = this.#timed(term, interval, [left, right]);
    }
    return left;
  }

  #prefix(): Term {
    const token = this.reader.peek();
    const word = this.#word();
    if (this.reader.isSymbol("!") || word === "not") {
      this.reader.read();
      const operand = this.nested(() => this.#prefix());
      return this.#built({ kind: "not", operand, place: this.reader.placeSince(token.place) }, [operand]);
    }
    if (temporalWords.has(word)) {
      const operator = word as TemporalOperator;
      this.reader.read();
      const interval = timedWords.has(word) ? this.#interval() : undefined;
      const operand = this.nested(() => this.#prefix());
      const place = this.reader.placeSince(token.place);
      const term = { kind: "temporal", operator, operand, place } as const;
      return this.#timed(term, interval, [operand]);
    }
    if (quantifierWords.has(word)) return this.#quantifier();
    return this.#comparison();
  }

  #interval(): Interval | undefined {
    const reader = this.reader;
    const open = opensInterval(reader);
    if (!open && !reader.isSymbol("[")) return undefined;
    const first = reader.read().place;
    const lower = this.#sum();
    if (!reader.takeSymbol(":")) reader.expectSymbol(",", "between the bounds");
    const upper = reader.takeWord("inf") ? undefined : this.#sum();
    const upperOpen = reader.isSymbol(")");
    if (upperOpen) reader.read();
    else reader.expectSymbol("]", "after the bounds");
    const interval = { lower, lowerOpen: open, upperOpen, place: reader.placeSince(first) };
    return upper === undefined ? interval : { ...interval, upper };
  }

  #count(): Count {
    const token = this.reader.peek();
    if (token.kind !== "number") return this.reader.fail("how many sensors, as a number or a percentage");
    this.reader.read();
    const percent = this.reader.takeSymbol("%");
    const place = this.reader.placeSince(token.place);
    const value = Number(token.text);
    if (percent ? value > 100 : !Number.isInteger(value)) {
      const message = `${token.text}${percent ? "%" : ""} is no ${percent ? "share" : "number"} of sensors`;
      const remedy = percent
        ? "Write a percentage from 0% to 100%."
        : "Write a whole number or a percentage.";
      this.problems.push(problemAt(place, "error", "bad-count", message, remedy));
    }
    return { value, percent, place };
  }

  #quantifier(): Term {
    const token = this.reader.read();
    const quantifier = token.text as QuantifierTerm["quantifier"];
    const count = quantifier === "forall" || quantifier === "exists" ? undefined : this.#count();
    const { variable, domain, where, body } = this.#binding();
    const term = {
      kind: "quantifier",
      quantifier,
      variable,
      domain,
      body,
      place: this.reader.placeSince(token.place),
      ...(count === undefined ? {} : { count }),
      ...(where === undefined ? {} : { where }),
    } as const;
    return this.#built(term, where === undefined ? [body, domain] : [body, domain, where]);
  }

  /** `s in schools where c : body`. */
  #binding(): Pick<QuantifierTerm, "variable" | "domain" | "body"> & { readonly where: Term | undefined } {
    const reader = this.reader;
    const variable = this.name("a name for the sensor");
    if (!reader.takeWord("in")) reader.fail("in");
    const domain = this.#domain();
    const where = reader.takeWord("where") ? this.term() : undefined;
    reader.expectSymbol(":", "before what is said of each sensor");
    return { variable, domain, where, body: this.term() };
  }

  #domain(): Term {
    const name = this.name("sensors, a group, tag(...) or near(...)");
    return this.reader.isSymbol("(") ? this.#call(name) : this.#built(name);
  }

  #comparison(): Term {
    const first = this.#sum();
    const operands: Term[] = [first];
    const found: Relation[] = [];
    const reader = this.reader;
    if (first.kind === "name" && reader.isWord("in")) {
      reader.read();
      const domain = this.#domain();
      return this.#built(
        { kind: "member", element: first, domain, place: placeFromTo(first.place, domain.place) },
        [domain],
      );
    }
    if (reader.isSymbol("=")) reader.fail("a relation", "Write == to compare.");
    for (;;) {
      const token = reader.peek();
      const relation = token.kind === "symbol" ? relations[token.text] : undefined;
      if (relation === undefined) break;
      reader.read();
      found.push(relation);
      operands.push(this.#sum());
    }
    if (found.length === 0) return first;
    const place = reader.placeSince(first.place);
    if (found.length > 1 && !oneWay(found)) {
      const message = `the chain ${found.join(" ")} does not go one way`;
      this.problems.push(
        problemAt(place, "error", "mixed-chain", message, "Write two comparisons joined by and."),
      );
    }
    return this.#built({ kind: "comparison", operands, relations: found, place }, operands);
  }

  #sum(): Term {
    let left = this.#product();
    for (;;) {
      const operator = this.reader.peek().text;
      if (!this.reader.isSymbol("+") && !this.reader.isSymbol("-")) return left;
      this.reader.read();
      left = this.#arithmetic(operator as "+" | "-", left, this.#product());
    }
  }

  #product(): Term {
    let left = this.#negation();
    for (;;) {
      const operator = this.reader.peek().text;
      if (!this.reader.isSymbol("*") && !this.reader.isSymbol("/")) return left;
      this.reader.read();
      left = this.#arithmetic(operator as "*" | "/", left, this.#negation());
    }
  }

  #arithmetic(operator: ArithmeticTerm["operator"], left: Term, right: Term): Term {
    const place = placeFromTo(left.place, right.place);
    return this.#built({ kind: "arithmetic", operator, left, right, place }, [left, right]);
  }

  #negation(): Term {
    const token = this.reader.peek();
    if (!this.reader.takeSymbol("-")) return this.#power();
    const operand = this.nested(() => this.#negation());
    return this.#built({ kind: "negate", operand, place: this.reader.placeSince(token.place) }, [operand]);
  }

  #power(): Term {
    const base = this.#primary();
    if (!this.reader.takeSymbol("^")) return base;
    return this.#arithmetic(
      "^",
      base,
      this.nested(() => this.#negation()),
    );
  }

  #primary(): Term {
    const reader = this.reader;
    const token = reader.peek();
    switch (token.kind) {
      case "number":
        return this.#built(readQuantity(reader, this.problems));
      case "duration":
        reader.read();
        return this.#built(durationTerm(durationParts(token.text), token.place));
      case "text":
        reader.read();
        return this.#built({ kind: "text", value: token.text, place: token.place });
      case "quoted":
        return this.#named();
      case "name":
        if (token.text === "true" || token.text === "false") {
          reader.read();
          return this.#built({ kind: "boolean", value: token.text === "true", place: token.place });
        }
        if (reservedWords.has(this.#word())) reader.fail("a formula or an expression");
        return this.#named();
      case "symbol":
        if (!reader.takeSymbol("(")) return reader.fail("a formula or an expression");
        return this.#parenthesised(token.place);
      case "end":
        return reader.fail("a formula or an expression");
    }
  }

  #parenthesised(opening: Place): Term {
    const term = this.term();
    this.reader.expectSymbol(
      ")",
      `to close the parenthesis of line ${opening.line}, column ${opening.column}`,
    );
    return this.#built({ ...term, parenthesised: true, place: this.reader.placeSince(opening) }, [term]);
  }

  #named(): Term {
    const reader = this.reader;
    const quoted = reader.peek().kind === "quoted";
    const name = this.name("a name");
    if (reader.isSymbol("[")) {
      reader.read();
      const { kind } = reader.peek();
      const operator = rtamtWords[name.name] ?? nearestName(name.name, intervalWords);
      if (!quoted && operator !== undefined && (kind === "number" || kind === "duration")) {
        const message = `${name.name} is no operator of this language`;
        const remedy = `Write ${operator}, with durations: ${operator}[0min, 5min].`;
        throw new SyntaxFault(problemAt(name.place, "error", "syntax", message, remedy));
      }
      const sensor = this.name("a sensor");
      reader.expectSymbol("]", "after the sensor");
      const place = reader.placeSince(name.place);
      return this.#built({ kind: "index", signal: name, sensor, place });
    }
    if (!reader.isSymbol("(") || quoted) return this.#built(name);
    if (aggregateWords.has(name.name) && reader.isWord("in", 2)) return this.#aggregate(name);
    return this.#call(name);
  }

  #aggregate(name: NameTerm): Term {
    this.reader.read();
    const { variable, domain, where, body } = this.#binding();
    this.reader.expectSymbol(")", `to close ${name.name}(`);
    const term = {
      kind: "aggregate",
      operator: name.name as AggregateTerm["operator"],
      variable,
      domain,
      body,
      place: this.reader.placeSince(name.place),
      ...(where === undefined ? {} : { where }),
    } as const;
    return this.#built(term, where === undefined ? [body, domain] : [body, domain, where]);
  }

  #call(callee: NameTerm): Term {
    const reader = this.reader;
    reader.read();
    const args: Term[] = [];
    if (!reader.isSymbol(")")) {
      do args.push(this.term());
      while (reader.takeSymbol(","));
    }
    reader.expectSymbol(")", `to close ${callee.name}(`);
    const over = reader.takeWord("over") ? this.nested(() => this.#primary()) : undefined;
    const term = { kind: "call", callee, args, place: reader.placeSince(callee.place) } as const;
    return over === undefined ? this.#built(term, args) : this.#built({ ...term, over }, [...args, over]);
  }
}

const oneWay = (found: readonly Relation[]): boolean =>
  found.every((relation) => relation.startsWith("<") || relation === "==") ||
  found.every((relation) => relation.startsWith(">") || relation === "==");
