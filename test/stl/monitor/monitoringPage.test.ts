import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { monitorEach, parseFormula } from "../../../src/stl/index.ts";

const page = readFileSync(new URL("../../../docs/monitoring.md", import.meta.url), "utf8");

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

describe("docs/monitoring.md", () => {
  it("shows what its example gives", async () => {
    const [, block = ""] = /```js\n(.*?)```/s.exec(page) as RegExpExecArray;
    const [imported = "", ...lines] = block.trim().split("\n");
    expect(imported).toBe('import { monitorEach, parseFormula } from "ordinance/stl";');
    let claims = 0;
    const code = lines.map((line) => {
      const claim = /^(.*); \/\/ => (.*)$/.exec(line);
      if (claim === null) return line;
      claims++;
      return `compare(${claim[1]}, ${claim[2]});`;
    });
    const compare = (actual: unknown, expected: unknown): void =>
      expect(actual instanceof Float64Array ? Array.from(actual) : actual).toEqual(expected);
    const run = new AsyncFunction("monitorEach", "parseFormula", "compare", code.join("\n"));
    await run(monitorEach, parseFormula, compare);
    expect(claims).toBe(6);
  });
});
