import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSpec } from "../../../src/stl/language/formatSpec.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import type { Place } from "../../../src/stl/language/Problem.ts";
import { SpecParser } from "../../../src/stl/language/SpecParser.ts";
import type { Comment } from "../../../src/stl/language/Token.ts";
import { tokenize } from "../../../src/stl/language/tokenize.ts";
import { chooser, mutate, noise, specText } from "./fuzzTexts.ts";

const laidOut = (text: string): string => {
  const formatted = formatSpec(text);
  if ("problems" in formatted)
    throw new Error(formatted.problems.map((problem) => problem.message).join("; "));
  return formatted.text;
};

const isBefore = (a: Place, b: Place): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column);

/** Tokens and comments in their order, without the white space at the ends of a comment's lines. */
const written = (text: string): readonly string[] => {
  const comments: Comment[] = [];
  const { tokens } = tokenize(text, "spec", "ordinance", comments);
  const all = [
    ...tokens.map((token) => ({ place: token.place, text: `${token.kind} ${token.text}` })),
    ...comments.map((comment) => ({
      place: comment.place,
      text: comment.text.trimEnd().replaceAll("\r\n", "\n"),
    })),
  ];
  return all.sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1)).map((each) => each.text);
};

/** What the parser makes of a text, places left out, and whether it has a problem with it. */
const read = (text: string): { readonly meaning: string; readonly isFaulty: boolean } => {
  const { tokens, problems } = tokenize(text, "spec", "ordinance");
  const parser = new SpecParser(tokens, "ordinance");
  parser.file();
  const meaning = JSON.stringify(parser.items, (key, value: unknown) =>
    key === "place" ? undefined : value,
  );
  return { meaning, isFaulty: problems.length + parser.problems.length > 0 };
};

const expectSame = (text: string): void => {
  const formatted = laidOut(text);
  expect(written(formatted)).toEqual(written(text));
  expect(read(formatted)).toEqual(read(text));
  expect(laidOut(formatted)).toBe(formatted);
};

const gaps = [
  " ",
  "  ",
  "\n",
  "\n\n\n",
  "\r\n",
  "\t",
  " // why\n",
  "\n# own line\n",
  " /* in */ ",
  "/* a\n   b */",
  "\n/* a */ // b\n",
];

/** The text with other white space and comments between its tokens, mostly where there was white space. */
const respaced = (text: string, choose: (below: number) => number): string => {
  const { tokens } = tokenize(text, "spec", "ordinance");
  const own = choose(2) === 0 ? gaps : [" ", " /* within */ "];
  return tokens
    .map((token) => {
      const quote = { text: '"', quoted: "'" }[token.kind as string] ?? "";
      const any = choose(token.spaced ? 2 : 20) === 0;
      const gap = any ? (own[choose(own.length)] as string) : token.spaced ? " " : "";
      return gap + quote + token.text + quote;
    })
    .join("");
};

const specsIn = (folder: string): readonly (readonly [name: string, text: string])[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".stl"))
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]);
const shipped = resolve(import.meta.dirname, "../../../specs");

describe("formatSpec", () => {
  it("lays a file out, comments where they were", () => {
    const text = `

/* a /* nested */ head */   // beside it
spec   a "T"   {version=1;
  // inside


  sampling 5min tolerance 10 %; }
signal a,b:real in km/h range[-5,100]missing hold 3h; // first
signal c : int  in "ug/m3"   missing unknown;
signal longname:real in 1/h range [0,1];

param calm:real in min=20min range[5min,1h]learnable;import "x.stl"as lim;
sensors q={a,12,  'b c'};group g=tag("school")union(near(a,3km)except h);
let polluted(s)=no2[s]>lim.no2_hourly;
let f=-x^2*-3+(-y)>5 km ^2 and x/y<2 km / h or 'a b'[s]-1<80 % ; /* last */ let g2 = always(0,5] x>1 until [ 2 : inf ](y<1);
require r(severity=major,weight=2,tags=["air","b"],scale=40 ug/m3,owner="the whole department of transport",because="so")  :
  forall s in schools where s!=a:always(rise(polluted(s))implies eventually[0,calm]not polluted(s));
require short:x>1;
require other : // why
   // own
   x > 1 // x
   and y<2 /* inline */ and z<3
   // before or
   or /* a
   b */ q > 5;
require t: atleast 80% s in schools:always[7h,10h]mean(n in near(s,3km):speed[n])<25 km/h and (aaaaaaaaaaaaaaaaaaaaaaaaa > bbbbbbbbbbbbbbbbbbbbbbbbbb or cccccccccccccccccccccccccc > 5) and !(x>1)&&x->y;
sensors many = {aaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccc, dddddddddddddd, eeeeeeeeeeeeeeeeeee, fffff};
// end`;
    expect(laidOut(text)).toBe(`/* a /* nested */ head */ // beside it
spec a "T" {
  version = 1;
  // inside

  sampling 5min tolerance 10%;
}
signal a, b     : real in km/h   range [-5, 100] missing hold 3h; // first
signal c        : int in "ug/m3"                 missing unknown;
signal longname : real in 1/h    range [0, 1];

param calm : real in min = 20min range [5min, 1h] learnable;
import "x.stl" as lim;
sensors q = { a, 12, 'b c' };
group g = tag("school") union (near(a, 3km) except h);
let polluted(s) = no2[s] > lim.no2_hourly;
let f = -x^2 * -3 + (-y) > 5 km ^ 2 and x / y < 2 km / h or 'a b'[s] - 1 < 80%;
/* last */ let g2 = always(0, 5] x > 1 until[2:inf] (y < 1);
require r (severity = major, weight = 2, tags = ["air", "b"], scale = 40 ug/m3,
    owner = "the whole department of transport", because = "so") :
  forall s in schools where s != a : always (rise(polluted(s)) implies eventually[0, calm] not polluted(s));
require short : x > 1;
require other : // why
  // own
  x > 1 // x
    and y < 2 /* inline */ and z < 3
    // before or
    or /* a
   b */
    q > 5;
require t :
  atleast 80% s in schools : always[7h, 10h] mean(n in near(s, 3km) : speed[n]) < 25 km/h
      and (aaaaaaaaaaaaaaaaaaaaaaaaa > bbbbbbbbbbbbbbbbbbbbbbbbbb or cccccccccccccccccccccccccc > 5)
      and !(x > 1)
      && x
    -> y;
sensors many = { aaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccc, dddddddddddddd,
  eeeeeeeeeeeeeeeeeee, fffff };
// end
`);
  });

  it.each([
    ["nothing", "", ""],
    ["white space", " \n\n\t", ""],
    ["comments alone", "\n\n# a\n\n\n\n// b", "# a\n\n// b\n"],
    ["a byte order mark, which stays", "\ufefflet a=1;", "\ufefflet a = 1;\n"],
    [
      "line ends of two characters, which stay",
      "let a=1;// b\r\n/* c\r\n d */",
      "let a = 1; // b\r\n/* c\r\n d */\r\n",
    ],
    ["an empty header", "spec a{ };", "spec a {};\n"],
    ["a header with a comment alone", "spec a{ // b\n}", "spec a { // b\n  }\n"],
    [
      "words of declarations as names",
      "let range=missing[range]-hold;",
      "let range = missing[range] - hold;\n",
    ],
    ["keywords in quotes", "let a='and'and 'or'>1;", "let a = 'and' and 'or' > 1;\n"],
    ["a unit that spaces end", "let a=x>5 km/h and y>5 km / h;", "let a = x > 5 km/h and y > 5 km / h;\n"],
    [
      "counts that look like durations",
      "let a=atleast 2 s in g:x[s]>1;",
      "let a = atleast 2 s in g : x[s] > 1;\n",
    ],
    ["a condition of one line in a list", "let a=min(x,// x\ny)>1;", "let a =\n  min(x, // x\n    y) > 1;\n"],
  ])("lays out %s", (_, text, expected) => expect(laidOut(text)).toBe(expected));

  it("gives the problems of a text that the parser refuses, and nothing else", () => {
    const text = 'signal x : reel;\nlet a = "b;\nrequire r: x > § 1;';
    const formatted = formatSpec(text, { source: "a.stl" });
    expect("problems" in formatted && formatted.problems).toEqual(
      parseSpec(text, { source: "a.stl" }).problems,
    );
  });

  it("breaks no comment off what it leads", () => {
    const part = "a_signal_with_a_long_name > a_threshold_with_a_long_name";
    expect(laidOut(`let a = ${part} /* one */ and ${part} /* two */ and x > 1;`)).toBe(`let a =
  ${part}
    /* one */ and ${part}
    /* two */ and x > 1;
`);
  });

  it("takes a list of many thousand lines with comments, and a megabyte of rules", () => {
    const list = `sensors a = {\n${Array.from({ length: 20_000 }, (_, k) => `s${k}, // the sensor ${k}`).join("\n")}\nlast };`;
    expect(laidOut(list).split("\n").length).toBe(20_002);
    const rules = Array.from(
      { length: 12_000 },
      (_, k) => `require r${k} : forall s in sensors : always x[s] > ${k} and y < 2;`,
    );
    expect(laidOut(rules.join(" "))).toBe(`${rules.join("\n")}\n`);
  });

  it.each(specsIn(shipped))(
    "changes no meaning in %s, keeps within 110 columns and leaves it as it ships",
    (_, text) => {
      expectSame(text);
      const formatted = laidOut(text);
      // Comments and texts are not broken.
      const lines = formatted.replace(/\/\*[^]*?\*\//g, "").split("\n");
      expect(lines.filter((line) => line.length > 110 && !/"|^ *(\/\/|#)/.test(line))).toEqual([]);
      expect(formatted).toBe(text);
    },
  );

  it("changes white space alone, and nothing the second time, whatever stands between the tokens", () => {
    let tried = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const choose = chooser(seed);
        const grown = specText(choose);
        const base = choose(3) === 0 ? mutate(choose, grown, noise(choose)) : grown;
        const text = respaced(base, choose);
        const { isFaulty } = read(text);
        expect("problems" in formatSpec(text)).toBe(isFaulty);
        if (isFaulty) return;
        tried++;
        expectSame(text);
      }),
      { seed: 1, numRuns: Number(process.env["ORDINANCE_FUZZ"] ?? 2000) },
    );
    expect(tried).toBeGreaterThan(400);
  });
});
