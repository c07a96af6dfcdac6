/**
 * What catches a changed artefact: mutants of one that a run left, with one weight, one rule or one rounding changed,
 * against its hash, its golden vectors, the judge of the proof, and a comparison with the artefact itself.
 *
 * ```sh
 * npm run mutations -- out/arterial/INSTANT/edge/model.ordinance --pipeline pipelines/arterial.yaml
 * ```
 *
 * The table that it prints stands in `docs/proof.md`.
 */
import { Effect } from "effect";
import { parseArgs } from "node:util";
import { describeMachine } from "../bench/describeMachine.ts";
import { platform } from "../src/cli/platform.ts";
import { splitSignature } from "../src/edge/index.ts";
import { DataPlace } from "../src/ingest/DataPlace.ts";
import { loadRunPanel } from "../src/jobs/loadRunPanel.ts";
import { prepareRun } from "../src/jobs/prepareRun.ts";
import { Progress } from "../src/jobs/Progress.ts";
import { judgesOf, testWindows } from "../src/jobs/proveRun.ts";
import { readArtefact } from "../src/jobs/readArtefact.ts";
import { readPipeline } from "../src/jobs/readPipeline.ts";
import { MUTANT_KINDS, mutantsOf } from "./mutations/Mutant.ts";
import { createMutationTrial, type MutantFate } from "./mutations/MutationTrial.ts";

/** Windows on which a mutant is compared with the artefact; those left over are compared on all. */
const COMPARED = 100;

const row = (name: string, fates: readonly MutantFate[]): string => {
  const differs = ({ firstDifference }: MutantFate, windows: number): boolean =>
    firstDifference !== undefined && firstDifference < windows;
  const compared = fates.filter((fate) => !fate.byJudge && differs(fate, COMPARED));
  const survived = fates.filter((fate) => !fate.byJudge && !differs(fate, COMPARED));
  const cells = [
    fates.length,
    fates.filter(({ byHash }) => byHash).length,
    fates.filter(({ byGolden }) => byGolden).length,
    fates.filter(({ byJudge }) => byJudge).length,
    compared.length,
    survived.length,
    survived.filter((fate) => fate.firstDifference === undefined).length,
  ];
  return `| ${name} | ${cells.join(" | ")} |`;
};

const main = Effect.gen(function* () {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      pipeline: { type: "string" },
      mutants: { type: "string", default: "40" },
      windows: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
    },
  });
  const [artefactPath] = positionals;
  if (artefactPath === undefined || values.pipeline === undefined) {
    return yield* Effect.die(new Error("give an artefact and --pipeline FILE"));
  }
  const { artefact, bytes } = yield* readArtefact(artefactPath);
  const pipeline = yield* readPipeline(values.pipeline);
  const loaded = yield* loadRunPanel(pipeline, values.pipeline);
  const run = yield* prepareRun(pipeline, values.pipeline, loaded);
  const windows = Number(values.windows);
  const trial = createMutationTrial({
    bytes: splitSignature(bytes).artefact,
    provider: testWindows(run),
    judges: judgesOf(run),
    windows,
    seed: Number(values.seed),
  });
  console.log(
    `Artefact ${artefact.sha256}, ${windows} windows, seed ${values.seed}, ${describeMachine()}\n\n` +
      `| change | mutants | by hash | by golden vectors | by the judge | by comparison on ${COMPARED} windows | survived | of these the same on ${windows} windows |\n` +
      "| --- | --: | --: | --: | --: | --: | --: | --: |",
  );
  const all: MutantFate[] = [];
  for (const kind of MUTANT_KINDS) {
    const fates = mutantsOf(artefact, kind, Number(values.mutants), Number(values.seed)).map((mutant) => {
      const fate = trial(mutant);
      console.error(`${kind}: ${mutant.what}: ${JSON.stringify(fate)}`);
      return fate;
    });
    all.push(...fates);
    console.log(row(kind, fates));
  }
  console.log(row("all", all));
});

await Effect.runPromise(
  main.pipe(Effect.provide(DataPlace.layer), Effect.provide(Progress.silent), Effect.provide(platform)),
);
