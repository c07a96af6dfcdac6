import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { dataStatus } from "../ingest/dataStatus.ts";
import { describeLines, listLines } from "../ingest/describeCard.ts";
import { getData } from "../ingest/getData.ts";
import { listCards, readCard } from "../ingest/readCard.ts";
import { notJudged } from "./exitCodes.ts";

const name = Argument.String("name").pipe(
  Argument.withDescription("Name of a data set, or the path of a card (NAME.yaml)"),
);

const print = (lines: readonly string[]) => Console.log(lines.join("\n"));

const list = Command.make("list", {}, () =>
  listCards().pipe(
    Effect.flatMap(Effect.forEach((card) => Effect.flatMap(readCard(card), dataStatus))),
    Effect.flatMap((statuses) => print(listLines(statuses))),
    Effect.mapError(notJudged),
    Effect.provide(DataPlace.layer),
  ),
).pipe(Command.withDescription("List the data sets and whether they are on this machine"));

const describe = Command.make("describe", { name }, (input) =>
  readCard(input.name).pipe(
    Effect.flatMap(dataStatus),
    Effect.flatMap((status) => print(describeLines(status))),
    Effect.mapError(notJudged),
    Effect.provide(DataPlace.layer),
  ),
).pipe(Command.withDescription("Say what a data set holds, where it comes from and under which licence"));

const get = Command.make("get", { name }, (input) =>
  readCard(input.name).pipe(
    Effect.flatMap(getData),
    Effect.flatMap((status) => Console.log(`${status.card.name} is complete and verified.`)),
    Effect.mapError(notJudged),
    Effect.provide(DataPlace.layer),
  ),
).pipe(Command.withDescription("Download a data set and verify it"));

export const dataCommand = Command.make("data").pipe(
  Command.withDescription("List, describe and get data sets"),
  Command.withSubcommands([list, describe, get]),
);
