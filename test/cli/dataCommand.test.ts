import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { type BuiltCommand, builtCommand } from "./builtCommand.ts";
import { TinyProject } from "./tinyProject.ts";

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject();
});
afterAll(() => project.remove());

const ordinance = (...words: readonly string[]) =>
  builtCommand("ordinance", words, {
    cwd: project.root,
    env: { XDG_CACHE_HOME: project.path("cache") },
  });

describe.concurrent("ordinance data", () => {
  it("lists every card that comes with the product, and what is on this machine", async () => {
    const { status, stdout } = await ordinance("data", "list");
    expect(status).toBe(0);
    const cards = readdirSync(new URL("../../datasets", import.meta.url))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => name.slice(0, -".yaml".length));
    expect(cards).toContain("arterial");
    for (const card of cards) expect(stdout).toMatch(new RegExp(`^\\s*${card}\\b`, "m"));
  });

  it("describes a card that comes with the product", async () => {
    const { status, stdout } = await ordinance("data", "describe", "arterial");
    expect(status).toBe(0);
    for (const part of ["Apache-2.0", "every 5min", "Europe/Berlin", "no2 in ug/m3", "arterial.csv.gz"]) {
      expect(stdout).toContain(part);
    }
  });

  it("describes a card of one's own", async () => {
    const { status, stdout } = await ordinance("data", "describe", "streets.yaml");
    expect(status).toBe(0);
    expect(stdout).toContain("streets: Three streets");
    expect(stdout).toContain("speed in km/h");
  });

  it("finds that the embedded sample needs no download", async () => {
    expect(await ordinance("data", "get", "arterial")).toMatchObject({
      status: 0,
      stdout: "arterial is complete and verified.\n",
      stderr: "",
    });
  });

  it.each(["get", "describe"])(
    "%s names the nearest data set where there is none of that name",
    async (word) => {
      const { status, stderr, stdout } = await ordinance("data", word, "artrial");
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/"artrial": did you mean "arterial"\?/);
    },
  );
});

describe.concurrent("help and version", () => {
  it.each([
    "ordinance",
    "ordinance run",
    "ordinance verify",
    "ordinance data",
    "ordinance data list",
    "ordinance data describe",
    "ordinance data get",
    "stl-check",
  ])("%s --help", async (line) => {
    const [command, ...words] = line.split(" ");
    const { status, stderr, stdout } = await builtCommand(command as BuiltCommand, [...words, "--help"], {
      cwd: project.root,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`USAGE\n  ${line} `);
    if (words[0] !== "data") expect(stdout).toContain("EXAMPLES");
  });

  it.each(["ordinance", "stl-check"] as const)("%s --version", async (command) => {
    const { status, stderr, stdout } = await builtCommand(command, ["--version"], { cwd: project.root });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(manifest.version);
  });
});
