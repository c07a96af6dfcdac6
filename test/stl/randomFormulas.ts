import * as fc from "fast-check";

const interval = fc
  .tuple(fc.nat(4), fc.nat(4), fc.boolean())
  .map(([a, width, open]) => (open ? `[${a}, inf]` : `[${a}, ${a + width}]`));
const threshold = fc.integer({ min: -20, max: 20 }).map((value) => value / 4);
const written = (value: number): string => (value < 0 ? `(-${-value})` : String(value));

const temporal = (word: string): fc.Arbitrary<string> =>
  fc.option(interval, { nil: "" }).map((i) => word + i);

/** Formulas over the plain signals x, y and z, every operator and nesting among them, as text. */
export const formulasOver = (relations: readonly string[]): fc.Arbitrary<string> =>
  fc.letrec<{ expression: string; formula: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("x", "y", "z"),
      fc
        .tuple(tie("expression"), fc.constantFrom("+", "-"), tie("expression"))
        .map(([a, o, b]) => `(${a} ${o} ${b})`),
      fc.tuple(threshold, tie("expression")).map(([c, a]) => `(${written(c)} * ${a})`),
      tie("expression").map((a) => `abs(${a})`),
      fc
        .tuple(fc.constantFrom("min", "max"), tie("expression"), tie("expression"))
        .map(([o, a, b]) => `${o}(${a}, ${b})`),
    ),
    formula: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc
        .tuple(tie("expression"), fc.constantFrom(...relations), threshold)
        .map(([a, r, c]) => `(${a} ${r} ${written(c)})`),
      tie("formula").map((p) => `not ${p}`),
      fc
        .tuple(tie("formula"), fc.constantFrom("and", "or", "implies", "iff", "xor"), tie("formula"))
        .map(([p, o, q]) => `(${p} ${o} ${q})`),
      fc
        .tuple(
          fc.constantFrom("always", "eventually", "historically", "once").chain(temporal),
          tie("formula"),
        )
        .map(([o, p]) => `${o} ${p}`),
      fc
        .tuple(
          tie("formula"),
          fc.constantFrom("until", "release", "since", "triggers", "unless").chain(temporal),
          tie("formula"),
        )
        .map(([p, o, q]) => `(${p} ${o} ${q})`),
      fc
        .tuple(fc.constantFrom("next", "prev", "s_next", "s_prev"), tie("formula"))
        .map(([o, p]) => `${o} ${p}`),
      fc.tuple(fc.constantFrom("rise", "fall"), tie("formula")).map(([o, p]) => `${o}(${p})`),
    ),
  })).formula;

export const plainFormulas = formulasOver(["<", "<=", ">", ">=", "==", "!="]);

/** Samples of x, y and z: small multiples of 1/4 with ties and exact sums, or reals, or with gaps. */
export const plainTraces = (
  length: number,
  kind: "quarters" | "reals" | "gaps",
): fc.Arbitrary<Record<"x" | "y" | "z", Float64Array>> => {
  const quarter = fc.integer({ min: -20, max: 20 }).map((value) => value / 4);
  const sample = {
    quarters: quarter,
    reals: fc.double({ min: -5, max: 5, noNaN: true }),
    gaps: fc.oneof({ weight: 4, arbitrary: quarter }, { weight: 1, arbitrary: fc.constant(NaN) }),
  }[kind];
  // Reals are moved off the ties and kinks that shrinking would draw them to.
  const move = (value: number, k: number, phase: number): number =>
    kind === "reals" ? value + 0.37 * Math.sin(12.9898 * k + phase) : value;
  const signal = (phase: number): fc.Arbitrary<Float64Array> =>
    fc
      .array(sample, { minLength: length, maxLength: length })
      .map((values) => Float64Array.from(values, (value, k) => move(value, k, phase)));
  return fc.record({ x: signal(1), y: signal(2), z: signal(3) });
};
