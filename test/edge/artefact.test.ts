import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../src/edge/ArtefactError.ts";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { checkGolden } from "../../src/edge/golden.ts";
import { quantiseFrontEnd } from "../../src/edge/front/quantiseFrontEnd.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { sha256 } from "../../src/edge/sha256.ts";
import type { LinearBaseline } from "../../src/series/FeaturePlan.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, limitRule, rampRule, unrolled } from "./fixture.ts";

const shape = { sensors: 2, units: 2, hiddenUnits: 1, windowSteps: 2, horizonSteps: 2 };
const plan = fixturePlan(shape);
const model = fixtureModel(plan, shape);
const rules = [
  { unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true },
  { unrolled: rampRule(plan, 0, 12), text: "ramp", enforced: true },
  {
    unrolled: unrolled("night", {
      any: [
        { clock: { field: "minuteOfDay", step: 1, lower: 300, upper: 1439 } },
        { atLeast: 1, of: [{ leaf: [[-1, 1, 0, 1]], constant: 500, strict: true }] },
      ],
    }),
    text: "night",
    enforced: false,
  },
];
const bytes = compileArtefact({ model, features: plan, rules, metadata: fixtureMetadata });

const problemOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof ArtefactError) return error.problem;
    throw error;
  }
  return "none";
};

/** Puts a right digest under changed bytes. */
const resealed = (changed: Uint8Array): Uint8Array => {
  const copy = changed.slice();
  copy.set(sha256(copy.subarray(0, -32)), copy.length - 32);
  return copy;
};

describe("artefact", () => {
  it("reads back what was compiled, and equal parts give equal bytes", () => {
    const artefact = openArtefact(bytes);
    expect(artefact.model.inputCodes).toEqual(model.inputCodes);
    expect(artefact.model.stateCodes).toEqual(model.stateCodes);
    expect(artefact.manifest.features).toEqual(plan);
    expect(artefact.manifest.readouts).toEqual(model.targets);
    expect(artefact.rules.map((rule) => [rule.name, rule.enforced, rule.unitsPerOne, rule.margin])).toEqual([
      ["limit", true, 10, 2],
      ["ramp", true, 10, 3],
      ["night", false, 1, 2],
    ]);
    expect(artefact.rules[2]!.constant[0]).toBe(499);
    expect(artefact.manifest.sections.reduce((sum, section) => sum + section.bytes, 0)).toBeLessThan(
      bytes.length,
    );
    expect(compileArtefact({ model, features: plan, rules, metadata: fixtureMetadata })).toEqual(bytes);
    checkGolden(artefact);
  });

  it("keeps quantile heads", () => {
    const levels = [0.1, 0.75, 0.9];
    const wide = fixtureModel(plan, { ...shape, quantiles: levels });
    const made = compileArtefact({ model: wide, features: plan, rules, metadata: fixtureMetadata });
    const artefact = openArtefact(made);
    expect(openArtefact(bytes).manifest).not.toHaveProperty("quantiles");
    expect(artefact.manifest.quantiles).toEqual(levels);
    expect(artefact.model.head).toEqual(quantiseModel(wide, artefact.model.head.codeBits).head);
    expect(artefact.golden.cells.map((cell) => cell.quanta.length)).toEqual(Array(8).fill(4 * 2 * 2));
    checkGolden(artefact);
    // A row of the last quantile changes the golden vectors of the cell.
    artefact.model.head.outputBias[4 * 2 * 2 - 1]! += 60_000;
    expect(problemOf(() => checkGolden(artefact))).toBe("golden-mismatch");
  });

  it.each([[[0.9, 0.1]], [[0.1, 0.5]], [[0, 0.9]], [[0.1, 1]], [[0.1, 0.1]]])(
    "refuses heads of the levels %j",
    (levels) => {
      const wide = fixtureModel(plan, { ...shape, quantiles: levels });
      expect(() =>
        compileArtefact({ model: wide, features: plan, rules, metadata: fixtureMetadata }),
      ).toThrow(/quantiles\[\d\] is .*levels ascend between 0 and 1/);
    },
  );

  it("keeps the front end, of every kind of baseline", () => {
    const linear: LinearBaseline = {
      kind: "linear",
      lagSteps: 2,
      periodSteps: 9,
      weights: [0, 1].map(() => [0, 1].map(() => [0.5, -0.25, 0.125, 0.01])),
    };
    for (const baseline of [plan.baseline, { kind: "seasonal", periodSteps: 4 } as const, linear]) {
      const other = {
        ...plan,
        baseline,
        everySensor: { targets: ["flow"], sensors: [1] },
      };
      const artefact = openArtefact(
        compileArtefact({
          model: fixtureModel(other, shape),
          features: other,
          rules,
          metadata: fixtureMetadata,
        }),
      );
      const { readingQuanta: quanta = [] } = artefact.manifest;
      expect(quanta).toEqual([0.1, 1, 0.01, 0.01]);
      expect(artefact.front).toEqual(quantiseFrontEnd(other, quanta));
      checkGolden(artefact);
      // A gain off by one in a thousand changes the golden windows.
      const target = artefact.front.targets[1]!;
      Object.assign(target, { gain: Math.round(target.gain * 1.001) });
      expect(problemOf(() => checkGolden(artefact))).toBe("golden-mismatch");
    }
  });

  it("says what is wrong", () => {
    expect(problemOf(() => openArtefact(new Uint8Array(0)))).toBe("wrong-magic");
    expect(problemOf(() => openArtefact(Uint8Array.of(80, 75, 3, 4, 0, 0)))).toBe("wrong-magic");
    expect(problemOf(() => openArtefact(bytes.subarray(0, 5)))).toBe("truncated");
    expect(problemOf(() => openArtefact(bytes.subarray(0, bytes.length - 1)))).toBe("truncated");
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(problemOf(() => openArtefact(longer))).toBe("hash-mismatch");
    const newer = bytes.slice();
    newer[4] = 5;
    expect(problemOf(() => openArtefact(resealed(newer)))).toBe("newer-version");
    for (const other of [0, 1, 2, 3]) {
      newer[4] = other;
      expect(problemOf(() => openArtefact(resealed(newer)))).toBe("malformed");
    }
    const broken = bytes.slice();
    broken[16] = 0x58;
    expect(problemOf(() => openArtefact(resealed(broken)))).toBe("malformed");
  });

  it("refuses an older release, another target and an expired one", () => {
    const dated = compileArtefact({
      model,
      features: plan,
      rules,
      metadata: { ...fixtureMetadata, expires: "2025-06-01T00:00:00Z" },
    });
    const day = Date.parse("2025-05-31T00:00:00Z");
    expect(problemOf(() => openArtefact(dated, { newestCounter: 3, target: "bench", nowMs: day }))).toBe(
      "none",
    );
    expect(problemOf(() => openArtefact(dated, { newestCounter: 4 }))).toBe("older-counter");
    expect(problemOf(() => openArtefact(dated, { target: "junction 5" }))).toBe("wrong-target");
    expect(problemOf(() => openArtefact(dated, { nowMs: day + 86_400_000 }))).toBe("expired");
  });

  it("keeps the cells above the lowest one", () => {
    const layered = fixtureModel(plan, { ...shape, layers: 3 });
    const stacked = compileArtefact({ model: layered, features: plan, rules, metadata: fixtureMetadata });
    const artefact = openArtefact(stacked);
    expect(artefact.manifest).toMatchObject({ formatVersion: 4, layers: 3 });
    expect(artefact.model).toEqual(quantiseModel(layered, artefact.model.head.codeBits));
    checkGolden(artefact);
    expect(openArtefact(bytes).manifest).not.toHaveProperty("layers");
  });

  it("has golden vectors that notice other weights in every cell, the more the nearer they are to the features", () => {
    const layered = fixtureModel(plan, { ...shape, units: 4, layers: 3 });
    const artefact = openArtefact(
      compileArtefact({ model: layered, features: plan, rules: [], metadata: fixtureMetadata }),
    );
    const shares = [artefact.model, ...artefact.model.upper].map(({ inputCodes, stateCodes }) => {
      let missed = 0;
      for (const codes of [inputCodes, stateCodes]) {
        for (let at = 0; at < codes.length; at++) {
          const kept = codes[at]!;
          codes[at] = kept === 1 ? -1 : kept + 1;
          if (problemOf(() => checkGolden(artefact)) === "none") missed++;
          codes[at] = kept;
        }
      }
      return missed / (inputCodes.length + stateCodes.length);
    });
    // What an upper cell reads is small and slow in this model: some of its gates hardly move.
    expect(shares[0]).toBeLessThan(0.01);
    expect(Math.max(...shares)).toBeLessThan(0.2);
  });

  it("has golden vectors that notice other weights, all but a few that hardly act, and other rules", () => {
    const artefact = openArtefact(bytes);
    let missed = 0;
    let flips = 0;
    for (const codes of [artefact.model.inputCodes, artefact.model.stateCodes]) {
      for (let at = 0; at < codes.length; at++) {
        const kept = codes[at]!;
        codes[at] = kept === 1 ? -1 : kept + 1;
        flips++;
        if (problemOf(() => checkGolden(artefact)) === "none") missed++;
        codes[at] = kept;
      }
    }
    expect(flips).toBe(model.inputCodes.length + model.stateCodes.length);
    expect(missed / flips).toBeLessThan(0.01);
    const looser = openArtefact(bytes);
    looser.rules.forEach((rule) => rule.constant.forEach((value, leaf) => (rule.constant[leaf] = value + 3)));
    expect(problemOf(() => checkGolden(looser))).toBe("golden-mismatch");
  });

  it("refuses parts that do not belong together and rules that do not fit", () => {
    expect(() =>
      compileArtefact({ model, features: { ...plan, horizonSteps: 5 }, rules, metadata: fixtureMetadata }),
    ).toThrow(/model forecasts 2 steps, the feature plan 5/);
    const rule = (tree: Parameters<typeof unrolled>[1]) => ({
      unrolled: unrolled("odd", tree),
      text: "odd",
      enforced: true,
    });
    const compile = (tree: Parameters<typeof unrolled>[1], quanta?: Record<string, number>) =>
      compileArtefact({
        model,
        features: plan,
        rules: [rule(tree)],
        metadata: fixtureMetadata,
        ...(quanta === undefined ? {} : { quanta }),
      });
    expect(() =>
      compile({
        leaf: [
          [Math.PI, 0, 0, 1],
          [Math.E, 0, 0, 2],
          [Math.SQRT2, 0, 1, 2],
        ],
        constant: 0,
      }),
    ).toThrow(/odd.*no common step within 31 bits/);
    expect(() => compile({ leaf: [[1, 2, 0, 0]], constant: 0 })).toThrow(/reads rain, which has no quantum/);
    expect(() => compile({ leaf: [[1, 2, 0, 1]], constant: 0 }, { rain: 0.1 })).toThrow(
      /rain is not forecast/,
    );
    expect(() => compile({ leaf: [[1, 0, 0, 3]], constant: 0 })).toThrow(
      /reads step 3, but the forecast ends at 2/,
    );
    expect(openArtefact(compile({ leaf: [[1.609344, 0, 0, 1]], constant: 3 })).rules[0]!.unitsPerOne).toBe(
      312_500,
    );
    expect(
      openArtefact(
        compile({
          leaf: [
            [1 / 3, 0, 0, 1],
            [-1, 0, 1, 1],
          ],
          constant: 3,
        }),
      ).rules[0]!.unitsPerOne,
    ).toBe(30);
  });
});
