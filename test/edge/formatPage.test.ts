import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import type { ArtefactManifest } from "../../src/edge/Artefact.ts";

const file = readFileSync(new URL("versions/version4.ordinance", import.meta.url));
const page = readFileSync(new URL("../../docs/artefact.md", import.meta.url), "utf8");
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

// Reads a file as docs/artefact.md describes it, by nothing else.
const manifestBytes = file.readUInt32LE(12);
const manifest = JSON.parse(file.toString("utf8", 16, 16 + manifestBytes)) as ArtefactManifest;
const sections = new Map<string, Buffer>();
let at = 16 + padded(manifestBytes);
for (const { bytes, name } of manifest.sections) {
  sections.set(name, file.subarray(at, at + bytes));
  at += bytes;
}
const { features, horizonSteps: H, inputs: I, units: U, hiddenUnits: N } = manifest;
const layers = manifest.layers ?? 1;
const [T, S] = [manifest.readouts.length, features.sensors.length];
const R = (1 + (manifest.quantiles?.length ?? 0)) * T * H;
const plane = (rows: number, columns: number): number => rows * Math.ceil(columns / 8);
const matrix = (rows: number, columns: number): number => padded(2 * plane(rows, columns));
const scaling = 20;

describe("docs/artefact.md", () => {
  it("gives the frame", () => {
    expect(file.toString("latin1", 0, 4)).toBe("ORDN");
    expect([file.readUInt16LE(4), file.readUInt16LE(6), file.readUInt32LE(8)]).toEqual([4, 0, file.length]);
    expect(at).toBe(file.length - 32);
    expect(createHash("sha256").update(file.subarray(0, -32)).digest()).toEqual(file.subarray(-32));
  });

  it("names every section in its order and every key of the manifest", () => {
    const own = page.slice(page.indexOf("## Sections"), page.indexOf("## What is computed"));
    const named = [...own.matchAll(/^\| `([a-z]+)`/gm)].map((match) => match[1]!);
    expect(named).toEqual(manifest.sections.map(({ name }) => name));
    for (const key of Object.keys(manifest)) expect(page, key).toMatch(new RegExp(`\`${key}\\??\``));
  });

  it("gives the length of every section but the rules, whose numbers are packed", () => {
    const dimensions = features.embedding[0]!.length;
    const layer = (rows: number, columns: number, codeBytes: number): number =>
      padded(codeBytes * rows * columns) + padded(2 * rows) + padded(rows);
    const head = sections.get("head")!;
    const codeBytes = head[0]! / 8;
    const expected = {
      weights: [...Array(layers).keys()].reduce(
        (sum, cell) => sum + matrix(3 * U, cell === 0 ? I : U) + matrix(3 * U, U),
        0,
      ),
      gates: layers * (4 * 4 * 3 * U + 4),
      head:
        4 + layer(N, U + I, codeBytes) + layer(R, U + I, codeBytes) + layer(R, N, codeBytes) + 4 * (N + R),
      readouts: 20 * T,
      tables: padded(2 * 769) + 4 * 257,
      front:
        T * (scaling + 8 * S + padded(S)) +
        features.covariates.length * scaling +
        features.circular.length * 8 +
        padded(2 * S * dimensions) +
        4 * 257 +
        padded(2 * 257),
      golden:
        manifest.goldenCells * (4 + padded(layers * U) + 4 * R) +
        manifest.goldenShields * (4 + 4 * T * S * H) +
        manifest.goldenWindows! * (4 + 4 * S * R),
    };
    for (const [name, bytes] of Object.entries(expected))
      expect(sections.get(name)!.length, name).toBe(bytes);
  });

  it("gives the places of numbers in them", () => {
    const { front, golden, model, rules } = openArtefact(file);
    const codes = sections.get("weights")!;
    const bit = (row: number, column: number, negative: boolean): number =>
      (codes[(negative ? plane(3 * U, I) : 0) + row * Math.ceil(I / 8) + (column >> 3)]! >> (column & 7)) & 1;
    const read = Array.from({ length: 3 * U * I }, (_, k) => {
      const [row, column] = [Math.floor(k / I), k % I];
      return bit(row, column, false) * (bit(row, column, true) === 1 ? -1 : 1) + 0;
    });
    expect(read).toEqual([...model.inputCodes]);
    expect(sections.get("gates")!.readInt32LE(4 * 3 * U)).toBe(model.gates.beta1[0]);
    const own = sections.get("front")!;
    expect([own.readInt32LE(8), own.readInt32LE(12), own[16]]).toEqual([
      front.targets[0]!.centre,
      front.targets[0]!.gain,
      front.targets[0]!.gainShift,
    ]);
    expect(sections.get("tables")!.readUInt16LE(2 * 768)).toBe(model.tanh[768]);
    expect(sections.get("golden")!.readUInt32LE(0)).toBe(golden.cells[0]!.seed);
    const packed = (from: number): number => {
      const value = sections.get("rules")![from]!;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    };
    expect([packed(0), packed(1), packed(2), packed(3)]).toEqual([
      1,
      rules[0]!.unitsPerOne,
      rules[0]!.margin,
      rules[0]!.kind.length,
    ]);
  });
});
