import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { notJudged } from "./exitCodes.ts";

const name = Argument.String("name").pipe(
  Argument.withDescription("Name of a data set, or the path of a card (NAME.yaml)"),
);

const print = (lines: readonly string[]) => Console.log(lines.join("\n"));

// Loaded on demand: the other commands need nothing of them.
const cards = Effect.promise(() => import("../ingest/readCard.ts"));
const statuses = Effect.promise(() => import("../ingest/dataStatus.ts"));
const descriptions = Effect.promise(() => import("../ingest/describeCard.ts"));

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const { listCards, readCard } = yield* cards;
    const { dataStatus } = yield* statuses;
    const { listLines } = yield* descriptions;
    const names = yield* listCards();
    yield* print(
      listLines(yield* Effect.forEach(names, (card) => Effect.flatMap(readCard(card), dataStatus))),
    );
  }).pipe(Effect.mapError(notJudged), Effect.provide(DataPlace.layer)),
).pipe(Command.withDescription("List the data sets and whether they are on this machine"));

const describe = Command.make("describe", { name }, (input) =>
  Effect.gen(function* () {
    const { readCard } = yield* cards;
    const { dataStatus } = yield* statuses;
    const { describeLines } = yield* descriptions;
    yield* print(describeLines(yield* dataStatus(yield* readCard(input.name))));
  }).pipe(Effect.mapError(notJudged), Effect.provide(DataPlace.layer)),
).pipe(Command.withDescription("Say what a data set holds, where it comes from and under which licence"));

const get = Command.make("get", { name }, (input) =>
  Effect.gen(function* () {
    const { readCard } = yield* cards;
    const { getData } = yield* Effect.promise(() => import("../ingest/getData.ts"));
    const { card } = yield* getData(yield* readCard(input.name));
    yield* Console.log(`${card.name} is complete and verified.`);
  }).pipe(Effect.mapError(notJudged), Effect.provide(DataPlace.layer)),
).pipe(Command.withDescription("Download a data set and verify it"));

export const dataCommand = Command.make("data").pipe(
  Command.withDescription("List, describe and get data sets"),
  Command.withSubcommands([list, describe, get]),
);
