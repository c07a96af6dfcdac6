import {
  type Artefact,
  ARTEFACT_MAGIC,
  type ArtefactManifest,
  type SectionName,
  sectionsOf,
} from "./Artefact.ts";
import { ByteWriter } from "./ByteWriter.ts";
import { canonicalJson } from "./canonicalJson.ts";
import { writeFrontEnd } from "./front/frontSection.ts";
import {
  writeCodes,
  writeGates,
  writeGolden,
  writeHead,
  writeReadouts,
  writeRule,
  writeTables,
} from "./sections.ts";
import { sha256 } from "./sha256.ts";

/** Contents of the sections. */
export type ArtefactContents = Pick<Artefact, "model" | "front" | "rules" | "golden">;

/** The file of an artefact, unsigned, in the format version of its manifest; see docs/artefact.md. */
export const assembleArtefact = (
  manifest: Omit<ArtefactManifest, "sections">,
  { front, golden, model, rules }: ArtefactContents,
): Uint8Array => {
  const write: Record<SectionName, (writer: ByteWriter) => void> = {
    weights: (writer) => {
      writeCodes(writer, model, model.inputs, model.units);
      for (const cell of model.upper) writeCodes(writer, cell, model.units, model.units);
    },
    gates: (writer) => [model, ...model.upper].forEach((cell) => writeGates(writer, cell.gates)),
    head: (writer) => writeHead(writer, model.head),
    readouts: (writer) => writeReadouts(writer, model.readouts),
    tables: (writer) => writeTables(writer, model.tanh, model.powers),
    front: (writer) => writeFrontEnd(writer, front),
    rules: (writer) => rules.forEach((rule) => writeRule(writer, rule)),
    golden: (writer) => writeGolden(writer, golden),
  };
  const sections = sectionsOf(manifest.formatVersion).map((name) => {
    const writer = new ByteWriter();
    write[name](writer);
    writer.align();
    return { name, content: writer.finish() };
  });
  const json = canonicalJson({
    ...manifest,
    sections: sections.map(({ content, name }) => ({ name, bytes: content.length })),
  });
  const text = new TextEncoder().encode(json);
  const writer = new ByteWriter();
  writer.bytes(new TextEncoder().encode(ARTEFACT_MAGIC));
  writer.u16(manifest.formatVersion);
  writer.u16(0);
  const body = sections.reduce((sum, { content }) => sum + content.length, 0);
  writer.u32(16 + Math.ceil(text.length / 4) * 4 + body + 32);
  writer.u32(text.length);
  writer.bytes(text);
  writer.align();
  for (const { content } of sections) writer.bytes(content);
  writer.bytes(sha256(writer.finish()));
  return writer.finish();
};
