import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, type FileSystem, Layer } from "effect";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DataPlace } from "../../src/ingest/DataPlace.ts";

/** A folder of cards, data and cache that a test fills and that vanishes after it. */
export class TemporaryData {
  readonly root = mkdtempSync(join(tmpdir(), "ordinance-ingest-"));
  readonly cards = join(this.root, "cards");
  readonly data = join(this.root, "data");
  readonly cache = join(this.root, "cache");

  constructor() {
    for (const folder of [this.cards, this.data, this.cache]) mkdirSync(folder);
  }

  /** Writes a file below the root. */
  write(path: string, content: string | Uint8Array): string {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  }

  /** Runs an effect with this place; the error is thrown as it is. */
  run<A, E>(effect: Effect.Effect<A, E, DataPlace | FileSystem.FileSystem>): Promise<A> {
    const place = DataPlace.of({ cards: this.cards, data: this.data, cache: this.cache });
    return Effect.runPromise(
      effect.pipe(Effect.provide(Layer.mergeAll(NodeFileSystem.layer, Layer.succeed(DataPlace, place)))),
    );
  }

  /** Runs an effect that must fail; gives the error. */
  fail<A, E>(effect: Effect.Effect<A, E, DataPlace | FileSystem.FileSystem>): Promise<E> {
    return this.run(Effect.flip(effect));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A card for `data.csv` in the folder `t`, from the lines that differ between tests. */
export const cardText = (layout: string, more = "", zone = "UTC", step = "1h"): string => `title: t
description: d
licence: none
sources: []
zone: ${zone}
step: ${step}
${more === "" ? "files: [{ path: data.csv }]" : more}
layout:
${layout
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
`;
