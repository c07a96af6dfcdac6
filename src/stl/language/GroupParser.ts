import { placeFromTo } from "./Problem.ts";
import type { GroupExpression } from "./Spec.ts";
import type { NameTerm } from "./Syntax.ts";
import { greatestHeight, TermParser } from "./TermParser.ts";

/** Reads groups of sensors beside terms. */
export class GroupParser extends TermParser {
  /** Groups joined so far in the expression at hand: its tree is never higher. */
  #joined = 0;

  protected text(purpose: string): string {
    if (this.reader.peek().kind !== "text") this.reader.fail(purpose);
    return this.reader.read().text;
  }

  /** Sensors are often called by numbers. */
  protected sensor(): NameTerm {
    const token = this.reader.peek();
    if (token.kind !== "number") return this.name("the name of a sensor");
    this.reader.read();
    return { kind: "name", name: token.text, place: token.place };
  }

  protected groupExpression(): GroupExpression {
    this.#joined = 0;
    return this.#joinedGroups();
  }

  #joinedGroups(): GroupExpression {
    let left = this.#groupOperand();
    for (;;) {
      const kind = this.reader.takeWord("union")
        ? "union"
        : this.reader.takeWord("intersect")
          ? "intersection"
          : this.reader.takeWord("except")
            ? "difference"
            : undefined;
      if (kind === undefined) return left;
      if (++this.#joined > greatestHeight) this.tooDeep(this.reader.previous().place);
      const right = this.#groupOperand();
      left = { kind, left, right, place: placeFromTo(left.place, right.place) };
    }
  }

  #groupOperand(): GroupExpression {
    const reader = this.reader;
    const start = reader.peek().place;
    if (reader.takeSymbol("(")) {
      const inner = this.nested(() => this.#joinedGroups());
      reader.expectSymbol(")", "to close the parenthesis");
      return inner;
    }
    if (reader.isWord("tag") && reader.isSymbol("(", 1)) {
      reader.read();
      reader.read();
      const tag = this.text('the tag in quotes, such as "school"');
      reader.expectSymbol(")", "after the tag");
      return { kind: "tag", tag, place: reader.placeSince(start) };
    }
    if (reader.isWord("near") && reader.isSymbol("(", 1)) {
      reader.read();
      reader.read();
      const sensor = this.sensor();
      reader.expectSymbol(",", "before the distance");
      const distance = this.term();
      reader.expectSymbol(")", "after the distance");
      return { kind: "near", sensor, distance, place: reader.placeSince(start) };
    }
    const name = this.name('a group, tag("..."), or near(sensor, 3 km)');
    return { kind: "name", name: name.name, place: name.place };
  }
}
