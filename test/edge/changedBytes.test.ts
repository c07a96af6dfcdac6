import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../src/edge/ArtefactError.ts";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, limitRule } from "./fixture.ts";

// A million refusals: their traces would take longer than their hashes.
Error.stackTraceLimit = 0;

/** The smallest artefact with every section in use. */
const shape = { sensors: 1, units: 1, hiddenUnits: 1, windowSteps: 1, horizonSteps: 1 };
const plan = fixturePlan(shape);
const bytes = compileArtefact({
  model: fixtureModel(plan, shape),
  features: plan,
  rules: [{ unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true }],
  metadata: fixtureMetadata,
});

const refused = (file: Uint8Array): boolean => {
  try {
    openArtefact(file, { sha256: (given) => createHash("sha256").update(given).digest() });
    return false;
  } catch (error) {
    if (error instanceof ArtefactError) return true;
    throw error;
  }
};

describe("an artefact", () => {
  it("opens as it was compiled", () => {
    expect(refused(bytes)).toBe(false);
  });

  it("is refused with any byte changed to any other", () => {
    const copy = bytes.slice();
    const opened: string[] = [];
    for (let at = 0; at < copy.length; at++) {
      for (let change = 1; change < 256; change++) {
        copy[at] = bytes[at]! ^ change;
        if (!refused(copy)) opened.push(`byte ${at} changed to ${copy[at]}`);
      }
      copy[at] = bytes[at]!;
    }
    expect(opened).toEqual([]);
  }, 120_000);

  it("is refused when it is cut anywhere", () => {
    const opened = Array.from({ length: bytes.length }, (_, length) => length).filter(
      (length) => !refused(bytes.subarray(0, length)),
    );
    expect(opened).toEqual([]);
  });
});
