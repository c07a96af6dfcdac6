import { Result } from "effect";
import { CardError } from "./CardError.ts";
import { cardConflicts } from "./cardConflicts.ts";
import { CardBody, type DatasetCard } from "./DatasetCard.ts";
import { decodeYaml } from "./decodeYaml.ts";
import { parseDuration } from "./parseDuration.ts";

/**
 * Reads a card from YAML text and holds its parts against each other; all problems at once, each with its
 * line and column.
 *
 * @example
 * Result.isSuccess(parseCard("tiny", "datasets/tiny.yaml", "title: A card of one line")); // => false
 */
export const parseCard = (
  name: string,
  source: string,
  text: string,
): Result.Result<DatasetCard, CardError> => {
  const decoded = decodeYaml(CardBody, text, cardConflicts);
  if (Result.isFailure(decoded)) return Result.fail(new CardError({ source, problems: decoded.failure }));
  const body = decoded.success;
  return Result.succeed({ ...body, name, source, stepMs: parseDuration(body.step)! });
};
