import { Effect, Schema } from "effect";
import { nearestName } from "../stl/language/nearestName.ts";
import { FileFaulty } from "../ingest/readYamlFile.ts";
import { readPipelineAs, refuseConflicts } from "./readPipeline.ts";

export const pipelineKinds = ["forecast", "events"] as const;
export type PipelineKind = (typeof pipelineKinds)[number];

const isKind = (text: unknown): text is PipelineKind => pipelineKinds.some((kind) => kind === text);

/** What a pipeline file says it is; `forecast` where it says nothing, or cannot be read as YAML at all. */
export const readPipelineKind = Effect.fn("readPipelineKind")(function* (file: string) {
  const found = yield* readPipelineAs(Schema.Unknown, file).pipe(
    Effect.catchIf(
      (error) => error instanceof FileFaulty,
      () => Effect.succeed(undefined),
    ),
  );
  const kind = (found as { readonly kind?: unknown } | null | undefined)?.kind ?? "forecast";
  if (isKind(kind)) return kind;
  const text = typeof kind === "string" ? kind : JSON.stringify(kind);
  const nearest = nearestName(text, pipelineKinds);
  const hint =
    nearest === undefined ? `there are ${pipelineKinds.join(" and ")}` : `did you mean ${nearest}?`;
  yield* refuseConflicts(file, [{ path: ["kind"], message: `${text} is no kind of pipeline; ${hint}` }]);
  return "forecast" as const;
});
