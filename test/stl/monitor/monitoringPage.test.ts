import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as stl from "../../../src/stl/index.ts";

const page = readFileSync(new URL("../../../docs/monitoring.md", import.meta.url), "utf8");

describe("docs/monitoring.md", () => {
  it("shows what its example gives", () => {
    const [, block = ""] = /```js\n(.*?)```/s.exec(page) as RegExpExecArray;
    const [imported = "", ...lines] = block.trim().split("\n");
    const names = /^import \{ (.*) \} from "ordinance\/stl";$/.exec(imported)?.[1]?.split(", ") as string[];
    let claims = 0;
    const code = lines.map((line) => {
      const claim = /^(.*); \/\/ => (.*)$/.exec(line);
      if (claim === null) return line;
      claims++;
      return `compare(${claim[1]}, ${claim[2]});`;
    });
    const compare = (actual: unknown, expected: unknown): void =>
      expect(actual instanceof Float64Array ? Array.from(actual) : actual).toEqual(expected);
    const run = new Function(...names, "compare", code.join("\n"));
    run(...names.map((name) => stl[name as keyof typeof stl]), compare);
    expect(claims).toBe(6);
  });
});
