import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkGolden } from "../../src/edge/golden.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { sha256, toHex } from "../../src/edge/sha256.ts";
import { fixtureReadings } from "./fixture.ts";

/** Files that the version of their name wrote; they never change. */
const fileOf = (version: number): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`versions/version${version}.ordinance`, import.meta.url)));

describe.each([
  [1, "960e89d5cf0d1c6cdaba39fb6f3095821787ac284aec31586248fb8c2b0af7f2"],
  [2, "ecbaa2e84f267c5908efaf88067c0d652ee554208a74088b8a21af94377e944f"],
  // The model of version 2 with the front end that version 2 leaves to the runtime.
  [3, "ecbaa2e84f267c5908efaf88067c0d652ee554208a74088b8a21af94377e944f"],
  // The same again, and a missing speed lies between 0 and 30 km/h.
  [4, "632330e5e099be75bedfd6427d89dfc8bebd97a3ab5310930b3713972f127a8f"],
])("an artefact of format version %i", (version, forecasts) => {
  const artefact = openArtefact(fileOf(version));

  it("opens with what it holds", () => {
    const { manifest, model, rules } = artefact;
    expect(manifest.formatVersion).toBe(version);
    expect([model.inputs, model.units, model.hiddenUnits, model.horizonSteps]).toEqual([29, 4, 2, 3]);
    expect(model.upper.length).toBe(version === 1 ? 0 : 1);
    expect(model.quantiles).toEqual(version === 1 ? [] : [0.1, 0.9]);
    expect(rules.map(({ enforced, name }) => [name, enforced])).toEqual([
      ["limit", true],
      ["ramp", true],
    ]);
    expect(manifest.readingQuanta).toEqual(version < 3 ? undefined : [0.1, 1, 0.01, 0.01]);
    expect(artefact.golden.windows.length).toBe(version < 3 ? 0 : 2);
    expect(manifest.ruleChannels.map(({ lower, upper }) => [lower, upper])).toEqual(
      version < 4
        ? [
            [undefined, undefined],
            [undefined, undefined],
          ]
        : [
            [0, 30],
            [0, undefined],
          ],
    );
  });

  it("still computes what it was compiled with", () => {
    checkGolden(artefact);
  });

  it("forecasts the same integers for ever", () => {
    const { manifest } = artefact;
    const bytes: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const readings = fixtureReadings(manifest.features, 40, seed, 0.1);
      const { quantiles, raw, shielded } = createRuntime(artefact).forecast(readings);
      for (const quanta of [raw, shielded, ...quantiles.map((quantile) => quantile.shielded)]) {
        bytes.push(...Array.from(quanta, (value) => [value & 255, value >> 8]).flat());
      }
    }
    expect(toHex(sha256(Uint8Array.from(bytes)))).toBe(forecasts);
  });
});
