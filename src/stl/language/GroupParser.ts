import { placeFromTo } from "./Problem.ts";
import type { GroupExpression } from "./Spec.ts";
import type { NameTerm } from "./Syntax.ts";
import { TermParser } from "./TermParser.ts";

/** Reads groups of sensors beside terms. */
export class GroupParser extends TermParser {
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
      const right = this.#groupOperand();
      left = { kind, left, right, place: placeFromTo(left.place, right.place) };
    }
  }

  #groupOperand(): GroupExpression {
    const reader = this.reader;
    const start = reader.peek().place;
    if (reader.takeSymbol("(")) {
      const inner = this.groupExpression();
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
