import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Certification } from "../../src/jobs/certifyRun.ts";
import type { ProofReport } from "../../src/verify/ProofReport.ts";
import { builtCommand } from "./builtCommand.ts";
import { TINY_PIPELINE, TINY_SPEC, TinyProject } from "./tinyProject.ts";

const EDGE = "out/tiny/2025-03-20T23-00-00Z/edge";
const ARTEFACT = `${EDGE}/model.ordinance`;

let project: TinyProject;
let proof: ProofReport;

beforeAll(async () => {
  project = new TinyProject();
  const run = await builtCommand("ordinance", ["run", "tiny.yaml"], { cwd: project.root });
  expect(run.status).toBe(0);
  proof = JSON.parse(readFileSync(project.path(EDGE, "proof.json"), "utf8")) as ProofReport;
});
afterAll(() => project.remove());

const verify = (...words: readonly string[]) =>
  builtCommand("ordinance", ["verify", ARTEFACT, "--pipeline", "tiny.yaml", ...words], { cwd: project.root });

describe.concurrent("ordinance verify", () => {
  it("finds what the run found, and prints the hash and the counts", async () => {
    const ended = await verify();
    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain(`artefact ${proof.artefactSha256}\n`);
    expect(ended.stdout).toContain(`${proof.judged} windows judged`);
    expect(ended.stdout).toContain(`0 failures with the shield, ${proof.unshieldedFailures} without it`);
  });

  it("prints the proof of the run as JSON", async () => {
    const ended = await verify("--json");
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(proof);
  });

  it("tries other windows with another seed, and as many as it is told", async () => {
    const ended = await verify("--seed", "7", "--windows", "30", "--json");
    expect(ended.status).toBe(0);
    const other = JSON.parse(ended.stdout) as ProofReport;
    expect(other).toMatchObject({ seed: 7, runs: 30, passed: true, artefactSha256: proof.artefactSha256 });
    expect(other.rules).not.toEqual(proof.rules);
  });

  it("certifies windows, and says what integers cost and what margins cover", async () => {
    const words = [
      "--windows",
      "20",
      "--certify",
      "0.5,4",
      "--certify-newest",
      "2",
      "--certify-windows",
      "3",
    ];
    const ended = await verify(...words, "--json");
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const found = JSON.parse(ended.stdout) as ProofReport & Certification;
    expect(found.certificates.map(({ newest, quanta, windows }) => [quanta, newest, windows])).toEqual([
      [0.5, 2, 3],
      [4, 2, 3],
    ]);
    for (const { certified, keptAtCentre, outside } of found.certificates) {
      expect(outside).toBe(0);
      expect(certified).toBeLessThanOrEqual(keptAtCentre);
    }
    for (const { bound, largestDifference, name } of found.quantisation.rules) {
      expect(proof.rules.map((rule) => rule.name)).toContain(name);
      expect(largestDifference).toBeLessThanOrEqual(bound!);
    }
    expect(found.conformal).toMatchObject({ level: 0.95 });
    for (const { byDays, coverage } of found.conformal.rules) {
      expect(coverage).toBeGreaterThanOrEqual(byDays.lower);
      expect(coverage).toBeLessThanOrEqual(byDays.upper);
    }
    const told = await verify(...words);
    expect(told.stdout).toContain("+-4 quanta on the newest 2 steps:");
    expect(told.stdout).toMatch(/margin .*, covers .* % of \d+ windows/);
  });

  it("tries one kind of windows alone", async () => {
    const ended = await verify("--kind", "hostile", "--windows", "30");
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(
      /^ {2}hostile: 30 windows, \d+ judged, \d+ open, \d+ impossible; 0 failures/m,
    );
    expect(ended.stdout).not.toContain("plausible:");
  });

  it("replays the one window of a path", async () => {
    const found = proof.unshieldedCounterexample!;
    const words = ["--kind", found.kind, "--seed", String(proof.seed), "--path", found.path];
    const ended = await verify(...words, "--json");
    expect(ended.status).toBe(0);
    const replayed = JSON.parse(ended.stdout) as ProofReport;
    expect(replayed).toMatchObject({ runs: 1, failures: 0, unshieldedFailures: 1 });
    expect(replayed.unshieldedCounterexample).toEqual(found);
  });

  it("replays by the very command that the proof states", async () => {
    const [command, ...words] = proof.unshieldedCounterexample!.replayCommand.split(" ");
    expect(command).toBe("ordinance");
    const ended = await builtCommand("ordinance", words, { cwd: project.root });
    expect(ended.status).toBe(0);
    for (const line of proof.unshieldedCounterexample!.description) expect(ended.stdout).toContain(line);
  });

  it.each([
    [
      "a path that leads nowhere",
      ["--kind", "clock", "--path", "0:99999"],
      /no window at path 0:99999 under seed 1/,
    ],
    ["a path without its kind", ["--path", "0"], /give its kind with it/],
    ["a kind that is none", ["--kind", "friendly"], /friendly/],
    ["a path that is none", ["--path", "here"], /--path: "here"\. Expected a path such as/],
    ["no window", ["--windows", "0"], /--windows: "0"\. Expected 1 window or more/],
    ["a ball of no size", ["--certify", "1,0"], /--certify: "1,0"\. Expected sizes in quanta above 0/],
    ["no step", ["--certify", "1", "--certify-newest", "0"], /--certify-newest: "0"\. Expected 1 or more/],
  ] as const)("refuses %s", async (_name, words, message) => {
    const ended = await verify(...words);
    expect(ended.status).toBe(2);
    expect(ended.stdout).not.toContain("judged");
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr + ended.stdout).not.toMatch(/\n\s+at /);
  });

  it("refuses an artefact of which any byte was changed", async () => {
    const bytes = readFileSync(project.path(ARTEFACT));
    const places = [20, bytes.length - 1];
    for (const [index, place] of places.entries()) {
      const damaged = Buffer.from(bytes);
      damaged[place]! ^= 1;
      const file = project.write(`damaged${index}.ordinance`, damaged);
      const ended = await builtCommand("ordinance", ["verify", file, "--pipeline", "tiny.yaml"], {
        cwd: project.root,
      });
      expect(ended).toMatchObject({ status: 2, stdout: "" });
      expect(ended.stderr).toContain(`damaged${index}.ordinance: the artefact's SHA-256 is`);
      expect(ended.stderr).toContain("copy it again");
    }
  });

  it.each([
    ["that is not there", "nowhere.ordinance", undefined, /nowhere\.ordinance: .*no such file/],
    ["that is something else", "note.ordinance", "hello, world", /note\.ordinance: .*begins with "hell"/],
    ["that is empty", "empty.ordinance", "", /empty\.ordinance: /],
  ] as const)("refuses an artefact %s", async (_name, file, content, message) => {
    if (content !== undefined) project.write(file, content);
    const ended = await builtCommand("ordinance", ["verify", file, "--pipeline", "tiny.yaml"], {
      cwd: project.root,
    });
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(message);
  });

  it.each([
    ["loosened", TINY_SPEC.replace("<= 45 ug/m3", "<= 95 ug/m3"), /rule clean_air is .*45.* but .*95/],
    [
      "made a goal",
      TINY_SPEC.replace("severity = major", 'severity = major, tags = ["goal"]'),
      /gentle.*goal/,
    ],
    ["left out", TINY_SPEC.replace(/require gentle[^;]*;/, ""), /rule gentle is .* but absent in/],
  ] as const)("refuses rules that were %s since", async (name, text, message) => {
    const word = name.replaceAll(" ", "-");
    project.write(`${word}.stl`, text);
    project.write(`${word}.yaml`, TINY_PIPELINE.replace("tiny.stl", `${word}.stl`));
    const ended = await builtCommand("ordinance", ["verify", ARTEFACT, "--pipeline", `${word}.yaml`], {
      cwd: project.root,
    });
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain("verify with the rules that it was made with");
  });

  it("refuses a pipeline that forecasts something else", async () => {
    project.write("turned.yaml", TINY_PIPELINE.replace("[no2, speed]", "[speed, no2]"));
    const ended = await builtCommand("ordinance", ["verify", ARTEFACT, "--pipeline", "turned.yaml"], {
      cwd: project.root,
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain("made for the channels no2, speed, but turned.yaml has speed, no2");
  });
});
