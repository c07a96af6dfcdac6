import { Effect, FileSystem } from "effect";
import { basename, join } from "node:path";
import { CardNotFound } from "./CardError.ts";
import { DataPlace } from "./DataPlace.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import { parseCard } from "./parseCard.ts";

const EXTENSION = ".yaml";

/** Names of the cards that come with the product, sorted. */
export const listCards = Effect.fn("listCards")(function* () {
  const fs = yield* FileSystem.FileSystem;
  const place = yield* DataPlace;
  const files = yield* fs
    .readDirectory(place.cards)
    .pipe(
      Effect.mapError(
        (cause) => new CardNotFound({ name: place.cards, reason: `the folder of cards: ${cause.message}` }),
      ),
    );
  return files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
});

/**
 * Reads a card by name, or by the path of a `.yaml` file.
 */
export const readCard = Effect.fn("readCard")(function* (name: string) {
  const fs = yield* FileSystem.FileSystem;
  const place = yield* DataPlace;
  const isPath = name.endsWith(EXTENSION);
  const source = isPath ? name : join(place.cards, `${name}${EXTENSION}`);
  if (!(yield* fs.exists(source).pipe(Effect.orElseSucceed(() => false)))) {
    const known = isPath ? [] : yield* listCards();
    const nearest = nearestName(name, known);
    const reason = isPath
      ? "there is no such file."
      : nearest === undefined
        ? `there are ${known.join(", ")}; a card of your own is given by its path (NAME.yaml).`
        : `did you mean "${nearest}"?`;
    return yield* new CardNotFound({ name, reason });
  }
  const text = yield* fs
    .readFileString(source)
    .pipe(Effect.mapError((cause) => new CardNotFound({ name, reason: cause.message })));
  const card: DatasetCard = yield* Effect.fromResult(parseCard(basename(source, EXTENSION), source, text));
  return card;
});
