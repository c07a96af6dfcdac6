import { Config, Context, Effect, Layer, Option } from "effect";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where cards and data files lie on this machine. */
export class DataPlace extends Context.Service<
  DataPlace,
  {
    /** Folder of the cards that come with the product; embedded samples lie in folders beside them. */
    readonly cards: string;
    /** ORDINANCE_DATA: one folder a data set; never written to. */
    readonly data: string | undefined;
    /** Where downloads go, one folder a data set. */
    readonly cache: string;
  }
>()("ordinance/ingest/DataPlace") {
  /** Reads ORDINANCE_DATA and XDG_CACHE_HOME. */
  static readonly layer = Layer.effect(
    DataPlace,
    Effect.gen(function* () {
      const data = yield* Config.option(Config.String("ORDINANCE_DATA"));
      const cache = yield* Config.option(Config.String("XDG_CACHE_HOME"));
      return DataPlace.of({
        cards: fileURLToPath(new URL("../../datasets", import.meta.url)),
        data: nonEmpty(data),
        cache: join(nonEmpty(cache) ?? join(homedir(), ".cache"), "ordinance"),
      });
    }),
  );
}

const nonEmpty = (value: Option.Option<string>): string | undefined =>
  Option.isSome(value) && value.value !== "" ? value.value : undefined;
