import { Data } from "effect";
import type { YamlProblem } from "./decodeYaml.ts";

/** A card is faulty; every fault is listed with its line and column. */
export class CardError extends Data.TaggedError("CardError")<{
  readonly source: string;
  readonly problems: readonly YamlProblem[];
}> {
  override get message(): string {
    return this.problems
      .map(({ line, column, message }) => `${this.source}:${line}:${column}: ${message}`)
      .join("\n");
  }
}

/** No card of that name, or its file cannot be read. */
export class CardNotFound extends Data.TaggedError("CardNotFound")<{
  readonly name: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `No data set "${this.name}": ${this.reason}`;
  }
}
