import { Effect } from "effect";
import { relative } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { loadRules } from "../../src/jobs/loadRules.ts";
import type { Site } from "../../src/stl/index.ts";
import { TinyProject } from "../cli/tinyProject.ts";
import { itEffect } from "./itEffect.ts";

const SPEC = `import "lib/limits.stl" as air;
sampling 1h;
require clean : forall s in sensors : always[1h, 3h] no2[s] <= air.top;
`;
const LIMITS = "param top : real in ug/m3 = 30;\n";

const site: Site = {
  sensors: ["bridge"],
  channels: [{ name: "no2", unit: "ug/m3" }],
  stepMs: 3_600_000,
  zone: "UTC",
  forecastSteps: 6,
};

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({ "rules/clean.stl": SPEC });
  project.write("rules/lib/limits.stl", LIMITS);
});
afterAll(() => project.remove());

describe("loadRules", () => {
  itEffect("reads imports relative to the file that imports them, wherever it was started", () =>
    Effect.gen(function* () {
      const file = relative(process.cwd(), project.path("rules/clean.stl"));
      const loaded = yield* loadRules(file, site, 1);
      expect(loaded.text).toBe(SPEC);
      expect(loaded.texts).toEqual(expect.arrayContaining([SPEC, LIMITS]));
      expect(loaded.rules.map(({ bound, unrolled }) => [bound.name, unrolled.step.length])).toEqual([
        ["clean", 3],
      ]);
    }),
  );

  itEffect("says that the file cannot be read, and where its name comes from", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(loadRules(project.path("absent.stl"), site, 1));
      expect(fault._tag).toBe("RulesUnreadable");
      expect(fault.message).toMatch(/absent\.stl: the rule file cannot be read: .*`rules` of the pipeline/s);
    }),
  );

  itEffect("refuses a rule that reads past the origin what is not forecast", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(loadRules(project.path("rules/clean.stl"), site, 0));
      expect(fault._tag).toBe("RulesFaulty");
      expect(fault.message).toContain("add no2 to forecast.targets");
    }),
  );
});
