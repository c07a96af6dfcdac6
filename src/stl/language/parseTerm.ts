import type { Problem } from "./Problem.ts";
import type { Term } from "./Syntax.ts";
import { TermParser } from "./TermParser.ts";
import { type Dialect, tokenize } from "./tokenize.ts";
import { SyntaxFault } from "./TokenReader.ts";

/** A term, or none where the text has an error; warnings may stand beside a term. */
export interface ParsedTerm {
  readonly term: Term | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads one formula or expression that is the whole of a text.
 *
 * @param source what the problems call the text
 * @example
 * printTerm(parseTerm("rise(speed<=40 mph)", "when").term); // => "rise(speed <= 40 mph)"
 */
export const parseTerm = (text: string, source: string, dialect: Dialect = "ordinance"): ParsedTerm => {
  const { problems: ofTokens, tokens } = tokenize(text, source, dialect);
  const parser = new TermParser(tokens, dialect);
  let term: Term | undefined;
  let problems = ofTokens;
  try {
    term = parser.term();
    if (parser.reader.peek().kind !== "end") parser.reader.fail("the end of the formula");
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
    problems = [...problems, fault.problem];
  }
  problems = [...problems, ...parser.problems];
  return problems.some(({ severity }) => severity === "error")
    ? { term: undefined, problems }
    : { term, problems };
};
