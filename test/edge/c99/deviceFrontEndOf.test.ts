import { describe, expect, it } from "vitest";
import { rowsKept } from "../../../src/edge/c99/DeviceFrontEnd.ts";
import { deviceFrontEndOf } from "../../../src/edge/c99/deviceFrontEndOf.ts";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { compileArtefact } from "../../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../../src/edge/openArtefact.ts";
import type { FeaturePlan } from "../../../src/series/FeaturePlan.ts";
import { fixtureMetadata, fixtureModel, fixturePlan } from "../fixture.ts";

const artefactOf = (changes: Partial<FeaturePlan>) => {
  const features = { ...fixturePlan(), ...changes };
  return openArtefact(
    compileArtefact({
      model: fixtureModel(features),
      features,
      rules: [],
      quanta: { wind: 0.1 },
      holds: { wind: 4 },
      metadata: fixtureMetadata,
    }),
  );
};

describe("deviceFrontEndOf", () => {
  it("names the channels that rules read by their place among the readings", () => {
    const device = deviceFrontEndOf(artefactOf({}));
    expect(device).toMatchObject({
      stepMinutes: 5,
      zoneOffsets: { fromMinutes: [0], offsets: [0] },
      ruleChannels: [
        { channel: 0, holdSteps: 0 },
        { channel: 1, holdSteps: 0 },
        { channel: 3, holdSteps: 4 },
      ],
    });
    expect([1, 7, 8].map((pastSteps) => rowsKept(device, pastSteps))).toEqual([11, 11, 12]);
  });

  it("refuses an artefact that does not hold the offsets of its zone", () => {
    expect(() => deviceFrontEndOf(artefactOf({ zone: "Europe/Berlin" }))).toThrow(
      "without the offsets of Europe/Berlin gives a device no local time; make it anew",
    );
  });

  it("refuses steps that are no whole minutes", () => {
    const artefact = artefactOf({ stepMs: 90_000 });
    const device = deviceFrontEndOf(artefact);
    expect(() => exportC99(artefact.model, "city", "a test", undefined, device)).toThrow(
      "a step of 1.5 minutes is not a whole number of them",
    );
  });
});
