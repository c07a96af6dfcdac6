import { describe, expect, it } from "vitest";
import type { ArtefactManifest } from "../../src/edge/Artefact.ts";
import { ArtefactError } from "../../src/edge/ArtefactError.ts";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import type { CompiledRule } from "../../src/edge/CompiledRule.ts";
import { checkGolden } from "../../src/edge/golden.ts";
import { manifestFaults } from "../../src/edge/manifestFaults.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { ruleFaults } from "../../src/edge/ruleFaults.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { sha256 } from "../../src/edge/sha256.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, limitRule, rampRule, uniform } from "./fixture.ts";

const shape = { sensors: 2, units: 2, hiddenUnits: 1, windowSteps: 2, horizonSteps: 2 };
const plan = fixturePlan(shape);
const bytes = compileArtefact({
  model: fixtureModel(plan, shape),
  features: plan,
  rules: [
    { unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true },
    { unrolled: rampRule(plan, 0, 12), text: "ramp", enforced: true },
  ],
  metadata: fixtureMetadata,
});
const whole = openArtefact(bytes);

/** Some bytes behind the header changed, under a digest that fits: damage that only reading can notice. */
const mutated = (random: () => number): Uint8Array => {
  const copy = bytes.slice();
  const changes = 1 + Math.floor(random() * 4);
  for (let k = 0; k < changes; k++) {
    copy[16 + Math.floor(random() * (copy.length - 48))] = Math.floor(random() * 256);
  }
  copy.set(sha256(copy.subarray(0, -32)), copy.length - 32);
  return copy;
};

describe("mutated artefacts", () => {
  it("are opened or refused, never run astray on, by reader, runtime and golden check", () => {
    const random = uniform(Number(process.env["ORDINANCE_SEED"] ?? 77));
    const outcomes = { opened: 0, refused: 0 };
    for (let k = 0; k < 3000; k++) {
      try {
        const artefact = openArtefact(mutated(random));
        outcomes.opened++;
        if (k % 5 === 0) {
          createRuntime(artefact);
          checkGolden(artefact);
        }
      } catch (error) {
        if (!(error instanceof ArtefactError)) throw error;
        outcomes.refused++;
      }
    }
    // Half of the bytes are weights and golden cases, where any byte can be read.
    expect(outcomes.opened).toBeGreaterThan(500);
    expect(outcomes.refused).toBeGreaterThan(500);
  });
});

describe("manifestFaults", () => {
  const changed = (change: Partial<Record<keyof ArtefactManifest, unknown>>): unknown => ({
    ...whole.manifest,
    ...change,
  });

  it("finds none in what was compiled", () => {
    expect(manifestFaults(whole.manifest)).toEqual([]);
  });

  it("tells all faults of form at once, each with its place", () => {
    const { features } = whole.manifest;
    expect(
      manifestFaults(
        changed({
          units: -2,
          target: undefined,
          rules: [{ name: 3, text: "a", enforced: "yes" }],
          features: { ...features, sensors: [], targets: [{ ...features.targets[0], deviation: 0 }] },
        }),
      ),
    ).toEqual([
      "manifest.target is missing, not a text",
      "manifest.units is -2, not a whole number from 1 to 65535",
      "manifest.features.sensors is [], not a list of at least 1",
      "manifest.features.targets[0].deviation is 0, not a number above 0",
      "manifest.rules[0].name is 3, not a text",
      'manifest.rules[0].enforced is "yes", not true or false',
    ]);
    expect(manifestFaults([])).toEqual(["manifest is [], not an object"]);
  });

  it.each([
    ["more inputs than features", { inputs: 99 }, /^99 inputs stand beside \d+ features$/],
    ["another horizon", { horizonSteps: 3 }, /horizon stands twice/],
    ["a neighbour too many", { features: { ...plan, neighbours: [[1], [2]] } }, /a neighbour is no sensor/],
    ["means of one sensor", { features: { ...plan, sensorMean: [[1], [1]] } }, /sensor means do not fit/],
    ["a vector too short", { features: { ...plan, embedding: [[1, 2], [1]] } }, /not one vector a sensor/],
    [
      "a readout too few",
      { readouts: whole.manifest.readouts.slice(1) },
      /^1 readouts stand beside 2 targets$/,
    ],
    [
      "a linear baseline of another horizon",
      {
        features: {
          ...plan,
          baseline: { kind: "linear", lagSteps: 1, periodSteps: 2, weights: [[[0, 0, 0]], [[0, 0, 0]]] },
        },
      },
      /baseline does not fit/,
    ],
  ])("notices %s", (_, change, fault) => {
    expect(manifestFaults(changed(change))).toEqual([expect.stringMatching(fault)]);
  });
});

describe("ruleFaults", () => {
  const bounds = { channels: 2, targets: 2, sensors: 2, horizonSteps: 2 };
  const rule = whole.rules[1]!;

  it("finds none in what was compiled", () => {
    for (const each of whole.rules) expect(ruleFaults(each, bounds)).toEqual([]);
  });

  it.each<[string, Partial<CompiledRule>, RegExp]>([
    [
      "a child that comes later",
      { children: rule.children.map(() => 1000) },
      /^node \d+ of rule ramp is none$/,
    ],
    ["an unknown kind of node", { kind: rule.kind.with(0, 9) }, /^node 0 of rule ramp is none$/],
    [
      "offsets that go back",
      { childOffsets: rule.childOffsets.with(1, 5) },
      /children that belong to no node/,
    ],
    [
      "terms past the end",
      { termOffsets: rule.termOffsets.map((offset, k, all) => (k === all.length - 1 ? 99 : offset)) },
      /terms that belong to no leaf/,
    ],
    ["a sensor that is not there", { sensor: rule.sensor.with(0, 2) }, /^term 0 .* reads what is not there$/],
    ["a step past the horizon", { step: rule.step.with(0, 3) }, /^term 0 .* reads what is not there$/],
    ["a unit of nothing", { unitsPerOne: 0 }, /counts in 0 units/],
    ["no node", { kind: new Uint8Array(0) }, /has no node/],
  ])("notices %s", (_, change, fault) => {
    expect(ruleFaults({ ...rule, ...change }, bounds)).toContainEqual(expect.stringMatching(fault));
  });
});
