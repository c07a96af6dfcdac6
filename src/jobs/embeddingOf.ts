import type { YamlConflict } from "../ingest/decodeYaml.ts";
import type { EmbeddingChoice } from "../train/EmbeddingChoice.ts";
import type { Pipeline } from "./Pipeline.ts";

/** Numbers of a sensor's vector, 0 for none, and what it is made of where each sensor has not one of its own. */
export interface PipelineEmbedding {
  readonly size: number;
  readonly choice?: EmbeddingChoice;
}

/** Rows of `hashed` where the pipeline gives none: a quarter of the sensors. */
const SENSORS_A_ROW = 4;

/** The embedding that a pipeline asks for. */
export const embeddingOf = (
  { model: { embedding } }: Pick<Pipeline, "model">,
  sensors: number,
): PipelineEmbedding => {
  if (typeof embedding === "number") return { size: embedding };
  const {
    kind,
    reallocate = true,
    rows = Math.ceil(sensors / SENSORS_A_ROW),
    size,
    start = "profile",
  } = embedding;
  switch (kind) {
    case "full":
      return { size };
    case "table":
      return { size, choice: { kind, start, reallocate } };
    case "hashed":
      return { size, choice: { kind, rows } };
    case "quotient":
    case "features":
      return { size, choice: { kind } };
  }
};

/** Which kind each further key belongs to. */
const KINDS = { rows: "hashed", start: "table", reallocate: "table" } as const;

/** Keys that the kind of embedding does not read, and vectors without numbers. */
export const embeddingConflicts = ({ model: { embedding } }: Pick<Pipeline, "model">): YamlConflict[] => {
  if (typeof embedding === "number") return [];
  const conflicts: YamlConflict[] = [];
  for (const key of ["rows", "start", "reallocate"] as const) {
    if (embedding[key] === undefined || KINDS[key] === embedding.kind) continue;
    const message = `model.embedding.${key} is for the kind ${KINDS[key]}, and the kind is ${embedding.kind}; leave it out`;
    conflicts.push({ path: ["model", "embedding", key], message });
  }
  if (embedding.size === 0 && embedding.kind !== "full") {
    const message = `model.embedding.size 0 leaves nothing to make of a ${embedding.kind} embedding; give 1 or more, or the number 0 for no embedding`;
    conflicts.push({ path: ["model", "embedding", "size"], message });
  }
  return conflicts;
};

/** What vectors are made of, in words. */
export const describeEmbedding = ({ choice, size }: PipelineEmbedding): string => {
  if (size === 0) return "no embedding";
  const of = `embedding of ${size}`;
  switch (choice?.kind) {
    case undefined:
      return of;
    case "table":
      return `${of}, a row's and a column's vector added, the table ${choice.start === "random" ? "at random" : "by daily profile"}${choice.reallocate ? ", reallocated" : ""}`;
    case "hashed":
      return `${of}, one of ${choice.rows} vectors by hash`;
    case "quotient":
      return `${of}, of quotient times of remainder`;
    case "features":
      return `${of}, made of mean, deviation and day`;
  }
};
