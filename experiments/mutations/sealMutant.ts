import type { Artefact, GoldenVectors, SectionName } from "../../src/edge/Artefact.ts";
import { ByteWriter } from "../../src/edge/ByteWriter.ts";
import { canonicalJson } from "../../src/edge/canonicalJson.ts";
import {
  makeGoldenCells,
  makeGoldenShields,
  makeGoldenWindows,
  ruleSystemOf,
} from "../../src/edge/golden.ts";
import {
  writeCodes,
  writeGates,
  writeGolden,
  writeHead,
  writeReadouts,
  writeRule,
  writeTables,
} from "../../src/edge/sections.ts";
import { sha256 } from "../../src/edge/sha256.ts";
import type { Mutant } from "./Mutant.ts";

const HEADER_BYTES = 16;

const aligned = (length: number): number => Math.ceil(length / 4) * 4;

/**
 * A mutant as a file whose hash is right. With `golden` "kept" it has the golden vectors of the artefact that it was
 * made from; with "fresh" its own, as a faulty compiler or a forger would make them.
 *
 * @param bytes the file of `artefact`, unsigned
 */
export const sealMutant = (
  bytes: Uint8Array,
  artefact: Artefact,
  { model, rules }: Pick<Mutant, "model" | "rules">,
  golden: "kept" | "fresh",
): Uint8Array => {
  const { manifest } = artefact;
  const changed: Partial<Record<SectionName, Uint8Array>> = {
    weights: section((writer) => {
      writeCodes(writer, model, model.inputs, model.units);
      for (const cell of model.upper) writeCodes(writer, cell, model.units, model.units);
    }),
    gates: section((writer) => [model, ...model.upper].forEach((cell) => writeGates(writer, cell.gates))),
    head: section((writer) => writeHead(writer, model.head)),
    readouts: section((writer) => writeReadouts(writer, model.readouts)),
    tables: section((writer) => writeTables(writer, model.tanh, model.powers)),
    rules: section((writer) => rules.forEach((rule) => writeRule(writer, rule))),
    ...(golden === "fresh" && {
      golden: section((writer) => writeGolden(writer, freshGolden(artefact, { model, rules }))),
    }),
  };
  let at = HEADER_BYTES + aligned(new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true));
  const sections = manifest.sections.map(({ bytes: length, name }) => {
    const own = bytes.subarray(at, at + length);
    at += length;
    return { name, content: changed[name] ?? own };
  });
  const text = new TextEncoder().encode(
    canonicalJson({
      ...manifest,
      sections: sections.map(({ content, name }) => ({ name, bytes: content.length })),
    }),
  );
  const body = sections.reduce((sum, { content }) => sum + content.length, 0);
  const writer = new ByteWriter();
  writer.bytes(bytes.subarray(0, 8));
  writer.u32(HEADER_BYTES + aligned(text.length) + body + 32);
  writer.u32(text.length);
  writer.bytes(text);
  writer.align();
  for (const { content } of sections) writer.bytes(content);
  writer.bytes(sha256(writer.finish()));
  return writer.finish();
};

const section = (write: (writer: ByteWriter) => void): Uint8Array => {
  const writer = new ByteWriter();
  write(writer);
  writer.align();
  return writer.finish();
};

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
