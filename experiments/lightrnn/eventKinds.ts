import type { EventModelShape } from "../../src/model/eventModel/EventModel.ts";
import type { TokenVectors, VectorBuckets } from "../../src/model/eventModel/TokenVectors.ts";
import { randomTable, type SharedTable, sideOf } from "../../src/model/sharedTable/SharedTable.ts";
import { successionTable } from "../../src/model/sharedTable/successionTable.ts";
import { random } from "../../src/series/random.ts";
import type { EventStream } from "./EventStream.ts";

/** A model that the experiment trains. */
export interface EventKind {
  /** By which it is chosen on the command line. */
  readonly key: string;
  readonly name: string;
  readonly shape: EventModelShape;
  readonly table?: SharedTable;
  readonly reallocates: boolean;
  readonly dropout: number;
  /** Key of the kind whose best round it goes on from. */
  readonly from?: string;
}

/** Lengths of vectors: of models with a vector a token, and of those with few vectors. */
export interface KindWidths {
  readonly full: number;
  readonly sharedInputs: number;
  readonly sharedUnits: number;
}

/** Parts of a slim embedding. */
const SLIM_PARTS = 4;
/** Chosen on the validation events of 2,000 detectors, among 0, 0.1, 0.2 and 0.3. */
const FULL_DROPOUT = 0.3;
const SHARED_DROPOUT = 0.2;

/** Tokens by how often they come, the most frequent first: [tokens], each token's rank. */
const rankByFrequency = ({ detectors, training }: EventStream): Int32Array => {
  const counts = new Int32Array(detectors);
  for (const token of training) counts[token]!++;
  const ranks = new Int32Array(detectors);
  Array.from(counts, (_, token) => token)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .forEach((token, rank) => (ranks[token] = rank));
  return ranks;
};

/** All models of a stream: the first has every vector that it can have, the others make do with fewer. */
export const eventKinds = (
  stream: EventStream,
  widths: KindWidths,
  seed: number,
): readonly { readonly key: string; readonly make: () => EventKind }[] => {
  const { detectors, features, profileTable } = stream;
  const cell = { cell: "gru", multiplicative: true } as const;
  const side = sideOf(detectors);
  const wide = { ...cell, units: widths.full, inputs: widths.full };
  const narrow = { ...cell, units: widths.sharedUnits, inputs: widths.sharedInputs };
  const tokens = Int32Array.from({ length: detectors }, (_, token) => token);
  const hashed = (count: number, stream: number): VectorBuckets => {
    const numbers = random(seed, stream);
    return { count, bucketOf: tokens.map(() => Math.floor(count * numbers.uniform())) };
  };
  const composed = (key: string, name: string, vectors: TokenVectors): EventKind => ({
    key,
    name,
    shape: { ...narrow, codes: [detectors], vectors },
    reallocates: false,
    dropout: SHARED_DROPOUT,
  });
  const shared = (key: string, name: string, table: SharedTable, reallocates: boolean): EventKind => ({
    key,
    name: `shared table, ${name}`,
    shape: { ...narrow, codes: [side, side] },
    table,
    reallocates,
    dropout: SHARED_DROPOUT,
  });
  const byChance = (): SharedTable => randomTable(detectors, random(seed, 1));
  const bySuccession = (): SharedTable => successionTable(stream.training, detectors);
  const makers: Readonly<Record<string, (key: string) => EventKind>> = {
    full: (key) => ({
      key,
      name: "full table, full softmax",
      shape: { ...wide, codes: [detectors] },
      reallocates: false,
      dropout: FULL_DROPOUT,
    }),
    hierarchical: (key) => ({
      key,
      name: "full table, hierarchical softmax by frequency",
      shape: {
        ...wide,
        codes: [detectors],
        vectors: { kind: "classes", size: side, slotOf: rankByFrequency(stream) },
      },
      reallocates: false,
      dropout: FULL_DROPOUT,
    }),
    hashing: (key) =>
      composed(key, "two hashes, summed", { kind: "sum", parts: [hashed(side, 11), hashed(side, 12)] }),
    quotient: (key) =>
      composed(key, "quotient and remainder, multiplied", {
        kind: "product",
        parts: [
          { count: side, bucketOf: tokens.map((token) => Math.floor(token / side)) },
          { count: side, bucketOf: tokens.map((token) => token % side) },
        ],
      }),
    slim: (key) =>
      composed(key, "slim: four hashes, joined", {
        kind: "joined",
        parts: Array.from({ length: SLIM_PARTS }, (_, part) => hashed(2 * side, 21 + part)),
      }),
    ...(features && {
      features: (key: string) =>
        composed(key, "features of the place alone", { kind: "features", ...features }),
    }),
    "random-kept": (key) => shared(key, "random and kept", byChance(), false),
    random: (key) => shared(key, "random and reallocated", byChance(), true),
    ...(profileTable && {
      profile: (key: string) => shared(key, "by daily profile and reallocated", profileTable, true),
    }),
    "succession-kept": (key) => shared(key, "by succession and kept", bySuccession(), false),
    succession: (key) => shared(key, "by succession and reallocated", bySuccession(), true),
    ternary: (key) => ({
      ...shared(key, "by succession and kept, then ternary", bySuccession(), false),
      shape: { ...narrow, codes: [side, side], ternary: true },
      from: "succession-kept",
      dropout: 0,
    }),
  };
  return Object.entries(makers).map(([key, make]) => ({ key, make: () => make(key) }));
};
