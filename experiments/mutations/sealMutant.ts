import type { Artefact, GoldenVectors } from "../../src/edge/Artefact.ts";
import { assembleArtefact } from "../../src/edge/assembleArtefact.ts";
import {
  makeGoldenCells,
  makeGoldenShields,
  makeGoldenWindows,
  ruleSystemOf,
} from "../../src/edge/golden.ts";
import type { Mutant } from "./Mutant.ts";

/**
 * A mutant as a file whose hash is right. With `golden` "kept" it has the golden vectors of the artefact that it was
 * made from; with "fresh" its own, as a faulty compiler or a forger would make them.
 */
export const sealMutant = (
  artefact: Artefact,
  { model, rules }: Pick<Mutant, "model" | "rules">,
  golden: "kept" | "fresh",
): Uint8Array =>
  assembleArtefact(artefact.manifest, {
    model,
    front: artefact.front,
    rules,
    golden: golden === "kept" ? artefact.golden : freshGolden(artefact, { model, rules }),
  });

const freshGolden = (
  { front, golden, manifest }: Artefact,
  { model, rules }: Pick<Mutant, "model" | "rules">,
): GoldenVectors => ({
  cells: makeGoldenCells(
    model,
    golden.cells.map(({ seed }) => seed),
  ),
  shields: makeGoldenShields(
    ruleSystemOf({ manifest, rules }),
    model.readouts,
    manifest.features.stepMs,
    golden.shields.map(({ seed }) => seed),
  ),
  windows: makeGoldenWindows(
    model,
    front,
    manifest.features.stepMs,
    golden.windows.map(({ seed }) => seed),
  ),
});
