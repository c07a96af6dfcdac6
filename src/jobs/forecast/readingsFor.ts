import { Effect } from "effect";
import { readFeed } from "../../ingest/feed/readFeed.ts";
import { describeIntake } from "../../ingest/IntakeReport.ts";
import { readReadingStore } from "../../ingest/store/readReadingStore.ts";
import { planChannels } from "../../series/features.ts";
import type { Panel } from "../../series/Panel.ts";
import { loadSpan } from "../loadRunPanel.ts";
import { ModelRefused, type OpenModel } from "./openDeployedModel.ts";

/** Where the readings of a forecast come from: a feed's store, or the files of a data card; that of the model where both are left out. */
export interface ReadingsPlace {
  /** Feed file, whose store is read. */
  readonly feed?: string;
  /** Name of a data card, or path of one. */
  readonly data?: string;
}

export interface FoundReadings {
  readonly panel: Panel;
  /** What was odd about them, for people. */
  readonly notes: readonly string[];
}

/**
 * The readings that a model needs at an instant, the last one where it is left out: of a store the steps that it reads
 * (or so many as are asked for) and no more, of a card's files all.
 */
export const readingsFor = Effect.fn("readingsFor")(function* (
  { data, feed }: ReadingsPlace,
  modelFolder: string,
  open: OpenModel,
  instantMs?: number,
  steps = open.runtime.contextSteps,
) {
  if (feed !== undefined) return yield* storedReadings(feed, open, instantMs, steps);
  const own = open.model.settings.data;
  if (data === undefined && own.endsWith(".yaml")) {
    return yield* new ModelRefused({
      folder: modelFolder,
      reason: `it was trained on a card of its own, ${own}. Give the readings: a data card (data), or a feed`,
    });
  }
  const { panel, report } = yield* loadSpan(data ?? own, undefined, undefined);
  return { panel, notes: describeIntake(report) } satisfies FoundReadings;
});

const storedReadings = Effect.fn("storedReadings")(function* (
  feed: string,
  open: OpenModel,
  instantMs: number | undefined,
  steps: number,
) {
  const { storePath } = yield* readFeed(feed);
  const store = yield* readReadingStore(storePath);
  const lastMs = instantMs ?? (yield* store.lastInstantMs);
  const { stepMs } = store.card;
  const known = new Set(store.card.channels.map(({ name }) => name));
  const stored = yield* store.panel({
    channels: planChannels(open.artefact.manifest.features).filter((name) => known.has(name)),
    fromMs: lastMs - steps * stepMs,
    toMs: lastMs + 1,
  });
  return { panel: stored.panel, notes: describeIntake(stored.report) } satisfies FoundReadings;
});
