import { Effect } from "effect";
import { dirname, resolve } from "node:path";
import { parseDuration } from "../parseDuration.ts";
import { readYamlFile } from "../readYamlFile.ts";
import { ON_GRID, type ResampleRule } from "../store/ResampleRule.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { FeedBody, type FeedSourceFile } from "./FeedFile.ts";
import { feedConflicts } from "./feedConflicts.ts";

/** Where readings come from, where they are kept and how they are judged. */
export interface Feed {
  /** The feed file. */
  readonly path: string;
  /** Folder that the paths of its sources start from. */
  readonly folder: string;
  readonly storePath: string;
  readonly card: StoreCard;
  readonly sources: readonly FeedSourceFile[];
}

/** Steps after which a reading of a live source is late, and a sensor dead, where the feed does not say. */
const LATE_STEPS = 2;
const DEAD_STEPS = 12;

const FEED = { what: "the feed", remedy: "Give the path of a feed file; docs/feeds.md shows one" };

/** Reads a feed file; all its problems at once, each with line and column. */
export const readFeed = Effect.fn("readFeed")(function* (path: string) {
  const body = yield* readYamlFile(FeedBody, path, FEED, feedConflicts);
  const folder = dirname(resolve(path));
  const stepMs = parseDuration(body.step)!;
  const duration = (words: string | undefined, otherwise: number): number =>
    words === undefined ? otherwise : parseDuration(words)!;
  const feed: Feed = {
    path,
    folder,
    storePath: resolve(folder, body.store),
    card: {
      name: body.name,
      zone: body.zone,
      stepMs,
      channels: body.channels,
      resample: ruleOf(body, stepMs),
      sensors: body.sensors ?? [],
      lateAfterMs: duration(body.late, LATE_STEPS * stepMs),
      deadAfterMs: duration(body.dead, DEAD_STEPS * stepMs),
    },
    sources: body.sources,
  };
  return feed;
});

/** Where no tolerance is given: half a step to the nearest, a whole step to the last. */
const ruleOf = ({ resample }: FeedBody, stepMs: number): ResampleRule => {
  if (resample === undefined) return ON_GRID;
  const own = resample.tolerance === undefined ? undefined : parseDuration(resample.tolerance);
  return { by: resample.by, toleranceMs: own ?? (resample.by === "nearest" ? stepMs / 2 : stepMs) };
};
