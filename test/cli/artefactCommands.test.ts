import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noCompiler, STRICT } from "../edge/c99/compileC.ts";
import { builtCommand } from "./builtCommand.ts";
import { TinyProject } from "./tinyProject.ts";

const EDGE = "out/tiny/2025-03-20T23-00-00Z/edge";
const ARTEFACT = `${EDGE}/model.ordinance`;

let project: TinyProject;
beforeAll(async () => {
  project = new TinyProject();
  expect((await builtCommand("ordinance", ["run", "tiny.yaml"], { cwd: project.root })).status).toBe(0);
});
afterAll(() => project.remove());

const ordinance = (...words: readonly string[]) => builtCommand("ordinance", words, { cwd: project.root });

describe("keys, signatures and the facts of an artefact", () => {
  it("sign it, and tell who did", async () => {
    expect(await ordinance("keygen", "city")).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(project.path("city.key")).mode & 0o777).toBe(0o600);
    const publicKey = readFileSync(project.path("city.pub"), "utf8").trim();
    expect(publicKey).toMatch(/^[0-9a-f]{64}$/);

    const again = await ordinance("keygen", "city");
    expect(again).toMatchObject({ status: 2, stdout: "" });
    expect(again.stderr).toContain("city.key: it is there already");
    expect(readFileSync(project.path("city.pub"), "utf8").trim()).toBe(publicKey);

    const unsigned = await ordinance("inspect", ARTEFACT, "--trust", "city.pub");
    expect(unsigned.status).toBe(1);
    expect(unsigned.stderr).toContain("has no signature");

    const proof = JSON.parse(readFileSync(project.path(EDGE, "proof.json"), "utf8")) as {
      artefactSha256: string;
    };
    const signed = await ordinance("sign", ARTEFACT, "--key", "city.key");
    expect(signed).toMatchObject({
      status: 0,
      stdout: `artefact ${proof.artefactSha256}\nsigned by ${publicKey}\n`,
    });

    const facts = await ordinance("inspect", ARTEFACT, "--trust", "city.pub", "--json");
    expect(facts.status).toBe(0);
    expect(JSON.parse(facts.stdout)).toMatchObject({
      sha256: proof.artefactSha256,
      signer: publicKey,
      trusted: true,
      manifest: { name: "tiny", horizonSteps: 6 },
    });
    const text = await ordinance("inspect", ARTEFACT);
    expect(text.stdout).toContain(`signed by  ${publicKey}, not checked`);

    // Signed or not, it is the same artefact.
    const verified = await ordinance("verify", ARTEFACT, "--pipeline", "tiny.yaml", "--json");
    expect(JSON.parse(verified.stdout)).toEqual(proof);
  });

  it("refuse keys that are none, with status 2", async () => {
    project.write("none.pub", "# keys\n\nabc\n");
    const wrong = await ordinance("inspect", ARTEFACT, "--trust", "none.pub");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("none.pub: no public key in line 3; a key is 64 hexadecimal digits");
    const noKey = await ordinance("sign", ARTEFACT, "--key", "none.pub");
    expect(noKey.status).toBe(2);
    expect(noKey.stderr).toContain(
      "none.pub: it holds no private key in PEM; make one with ordinance keygen",
    );
    const absent = await ordinance("inspect", "nothing.ordinance");
    expect(absent.status).toBe(2);
    expect(absent.stderr).toContain("nothing.ordinance: the artefact cannot be read (there is no such file");
  });
});

describe("ordinance export --c99", () => {
  it.skipIf(noCompiler)("writes files that a strict compiler takes", async () => {
    const ended = await ordinance("export", ARTEFACT, "--c99", "controller", "--name", "tiny");
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(
      /^controller\/tiny\.h\ncontroller\/tiny\.c\ncontroller\/tiny_host\.c\ncontroller\/Makefile\n\d+ bytes of constants/,
    );
    const source = project.path("controller/tiny.c");
    execFileSync("gcc", [...STRICT, "-O2", "-c", "-o", project.path("tiny.o"), source]);
    expect(readFileSync(project.path("controller/tiny.h"), "utf8")).toContain("tiny, counter");
    const program = project.path("tiny_host");
    execFileSync("gcc", [...STRICT, "-o", program, source, project.path("controller/tiny_host.c")]);
    const host = spawnSync(program, ["--ndjson"], {
      input: "2025-03-20T23:00:00Z,bridge,no2,31.4\n",
      encoding: "utf8",
    });
    expect(host.stderr).toContain("1 of the 27 steps that a forecast reads");
    expect(host.stdout.trim().split("\n").length).toBe(3 * 2 * 6 + 2);
  });

  it("asks for a passed proof of this very artefact", async () => {
    const absent = await ordinance("export", ARTEFACT, "--c99", "c", "--proof", "proofs/none.json");
    expect(absent.status).toBe(2);
    expect(absent.stderr).toContain("proofs/none.json: the proof cannot be read");
    const text = readFileSync(project.path(EDGE, "proof.json"), "utf8");
    const proof = JSON.parse(text) as object;
    writeFileSync(project.path("other.json"), JSON.stringify({ ...proof, artefactSha256: "00" }));
    const other = await ordinance("export", ARTEFACT, "--c99", "c", "--proof", "other.json");
    expect(other.stderr).toContain("it is the proof of 00, not of this artefact");
    writeFileSync(project.path("failed.json"), JSON.stringify({ ...proof, passed: false }));
    const failed = await ordinance("export", ARTEFACT, "--c99", "c", "--proof", "failed.json");
    expect(failed.stderr).toContain("this artefact's proof failed");
    const partial = { ...proof, kinds: [{ kind: "plausible", runs: 40 }] };
    writeFileSync(project.path("partial.json"), JSON.stringify(partial));
    const part = await ordinance("export", ARTEFACT, "--c99", "c", "--proof", "partial.json");
    expect(part.status).toBe(2);
    expect(part.stderr).toContain("it tried no hostile and no clock windows; prove with");
    writeFileSync(project.path("words.json"), "proved");
    const words = await ordinance("export", ARTEFACT, "--c99", "c", "--proof", "words.json");
    expect(words.stderr).toContain("words.json: it is no proof");
    expect([other.status, failed.status, words.status]).toEqual([2, 1, 2]);
  });

  it("says that a proof is unsigned, and refuses it where keys are trusted", async () => {
    project.write("other.pub", `${"0f".repeat(32)}\n`);
    const untrusted = await ordinance("export", ARTEFACT, "--c99", "unsigned");
    expect(untrusted.stdout).toMatch(/^proof: passed on \d+ judged windows .*, unsigned$/m);
    const unsigned = await ordinance("export", ARTEFACT, "--c99", "unsigned", "--trust", "other.pub");
    expect(unsigned.status).toBe(1);
    expect(unsigned.stderr).toContain(
      "proof.json: the proof is not signed; prove again with ordinance verify --key",
    );
    const nowhere = await ordinance("verify", ARTEFACT, "--pipeline", "tiny.yaml", "--key", "city.key");
    expect(nowhere.status).toBe(2);
    expect(nowhere.stderr).toContain("--key signs the proof that --out or --json gives");
  });

  it("takes a proof that a trusted key signed, and no other", async () => {
    expect((await ordinance("keygen", "prover")).status).toBe(0);
    const publicKey = readFileSync(project.path("prover.pub"), "utf8").trim();
    const words = ["--pipeline", "tiny.yaml", "--windows", "30", "--key", "prover.key"];
    const verified = await ordinance("verify", ARTEFACT, ...words, "--out", "proofs/signed.json");
    expect(verified.status).toBe(0);
    expect(verified.stdout).toContain(`proof signed by ${publicKey}\n`);
    const signed = ["--proof", "proofs/signed.json"];
    const exported = (...more: readonly string[]) =>
      ordinance("export", ARTEFACT, "--c99", "signed", ...more);
    const taken = await exported(...signed, "--trust", "prover.pub");
    expect(taken.stdout).toContain(`signed by ${publicKey}, trusted`);
    const inspected = await ordinance("inspect", ARTEFACT, ...signed);
    expect(inspected.stdout).toContain(`signed by ${publicKey}, not checked`);

    project.write("stranger.pub", `${"0f".repeat(32)}\n`);
    const unknown = await exported(...signed, "--trust", "stranger.pub");
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain(`signed with the key ${publicKey}, which is not trusted`);
    const text = readFileSync(project.path("proofs/signed.json"), "utf8");
    project.write("proofs/changed.json", text.replace('"seed": 1', '"seed": 2'));
    const changed = await exported("--proof", "proofs/changed.json", "--trust", "prover.pub");
    expect(changed.status).toBe(1);
    expect(changed.stderr).toContain("changed.json: the signature is not of this proof");
  });

  it("refuses a name that C cannot have", async () => {
    const ended = await ordinance("export", ARTEFACT, "--c99", "c", "--name", "my city");
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('"my city" is no C name');
  });
});
