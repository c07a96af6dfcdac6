import { Console, Effect, Runtime } from "effect";
import { CliError, Command } from "effect/cli";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { learnCommand } from "../../src/cli/learnCommand.ts";
import { platform } from "../../src/cli/platform.ts";
import type { LearnedSpec } from "../../src/jobs/learnRules.ts";
import { TinyProject } from "./tinyProject.ts";

const SPEC = `sampling 1h;
signal no2 : real in ug/m3;
param top : real in ug/m3 = 30 range [0, 100] learnable; // of the air
require clean : forall s in sensors : always no2[s] <= top;
require clears : forall s in sensors : always (no2[s] > 40 ug/m3 implies eventually[0h, 9h] no2[s] < top);
`;

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({
    "learned.stl": SPEC,
    "narrow.stl": SPEC.replace("[0, 100]", "[0, 31]"),
    "faulty.stl": SPEC.replace("<= top", "<= tip"),
  });
});
afterAll(() => project.remove());

/** Runs the command in this process: its status, and what it printed on standard output or told as its failure. */
const learn = async (...words: readonly string[]) => {
  const printed: string[] = [];
  const print = (...parts: readonly unknown[]): void => {
    printed.push(parts.map(String).join(" "));
  };
  const told = await Effect.runPromise(
    Command.runWith(learnCommand, { version: "0" })(words).pipe(
      Effect.provideService(Console.Console, { ...globalThis.console, log: print, error: print }),
      Effect.provide(platform),
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined }),
    ),
  );
  const status = (told as { readonly [Runtime.errorExitCode]?: number } | undefined)?.[Runtime.errorExitCode];
  const reason =
    CliError.isCliError(told) && told._tag === "ShowHelp"
      ? told.errors.map(String).join("\n")
      : told?.message;
  return { status: told === undefined ? 0 : status, out: printed.join("\n"), reason: reason ?? "" };
};

const words = (spec: string, ...more: readonly string[]): string[] => [
  project.path(spec),
  "--data",
  project.path("streets.yaml"),
  "--quiet",
  ...more,
];

describe("stl-check learn", () => {
  it("prints what was fitted, on what it was tried, and writes it", async () => {
    const file = project.path("out.stl");
    const { out, reason, status } = await learn(
      ...words("learned.stl", "--rate", "0.8", "--rate", "clears=0.9", "-o", file),
    );
    expect([status, reason]).toEqual([0, ""]);
    const fitted = /= ([\d.]+) range/.exec(readFileSync(file, "utf8"))![1]!;
    const lines = out.split("\n").map((line) => line.trim().split(/\s{2,}/));
    expect(lines[0]![0]).toBe(
      `${project.path("learned.stl")}, learned from ${project.path("streets.yaml")}, 2025-03-01 to before 2025-03-17:`,
    );
    expect(lines[1]).toEqual(["parameter", "was", "fitted", "95 % interval"]);
    expect(lines[2]!.slice(0, 3)).toEqual(["top", "30", fitted]);
    expect(lines[3]).toEqual(["rule", "asked for", "holds on", "judged", "left open", "doubtful"]);
    expect(lines[4]!.slice(0, 2)).toEqual(["clean", "80.0 %"]);
    expect(lines[5]!.slice(0, 2)).toEqual(["clears", "90.0 %"]);
    expect(lines[6]![0]).toBe("tried on 2025-03-17 to before 2025-03-21:");
    expect(lines[8]![2]).toMatch(/^\d+\.\d % to \d+\.\d %$/);
    expect(out).toContain(`written: ${file}`);
  });

  it("tells programs the same", async () => {
    const { out, status } = await learn(
      ...words("learned.stl", "--rate=0.8", "--holdout-from", "2025-03-16", "--json"),
    );
    expect(status).toBe(0);
    const learned = JSON.parse(out) as LearnedSpec;
    expect(learned).toMatchObject({ faulty: false, written: [], span: { heldOutFrom: "2025-03-16" } });
    expect(learned.rules.map(({ wanted }) => wanted)).toEqual([0.8, 0.8]);
  });

  it("says with status 1 what the range does not reach, and shows a faulty file", async () => {
    const narrow = await learn(...words("narrow.stl", "--write"));
    expect([narrow.status, narrow.out.split("\n")[0]]).toEqual([
      1,
      expect.stringContaining("with top = 31, the loosest allowed; 99 % are asked for [rate-unreached]"),
    ]);
    expect(narrow.reason).toContain("nothing written");
    expect(readFileSync(project.path("narrow.stl"), "utf8")).toBe(SPEC.replace("[0, 100]", "[0, 31]"));
    const faulty = await learn(...words("faulty.stl"));
    expect(faulty.status).toBe(1);
    expect(faulty.out).toContain("Did you mean top?");
  });

  it.each([
    [["--rate", "99"], "--rate 99: 99 is no share above 0 and up to 1"],
    [["--rate", "clean="], "is no share above 0"],
    [["--rate", "0.9", "--rate", "0.8"], "a rate of all rules is given twice"],
    [["--rate", "clean=0.9", "--rate", "clean=0.8"], "a rate of clean is given twice"],
    [["--rate", "cleen=0.9"], "cleen is no rule. Did you mean clean?"],
    [["--holdout", "1"], "--holdout 1 is no share of the days"],
    [["--holdout", "0.1", "--holdout-from", "2025-03-16"], "give one of them"],
    [["--write", "--output", "x.stl"], "give one of them"],
    [["--from", "monday"], "monday is no local time"],
  ] as const)("refuses %j with status 2", async (more, message) => {
    const { reason, status } = await learn(...words("learned.stl", ...more));
    expect([status, reason]).toEqual([2, expect.stringContaining(message)]);
  });

  it("refuses data that there is not, and a file without a learnable parameter, with status 2", async () => {
    const absent = await learn(project.path("learned.stl"), "--data", "artrial");
    expect([absent.status, absent.reason]).toEqual([2, expect.stringContaining('did you mean "arterial"')]);
    const fixed = await learn(...words("tiny.stl"));
    expect([fixed.status, fixed.reason]).toEqual([2, expect.stringContaining("has no learnable parameter")]);
  });
});
