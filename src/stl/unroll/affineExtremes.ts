/**
 * Minima and maxima of affine functions of readings: what a piecewise linear expression becomes.
 *
 * Sums, differences and multiples are drawn inwards: `max(a, b) + c = max(a + c, b + c)`.
 */

export interface Affine {
  readonly kind: "affine";
  /** Coefficient of every reading, by "channel sensor step". */
  readonly terms: ReadonlyMap<string, number>;
  readonly constant: number;
}

export type AffineTree =
  | Affine
  | { readonly kind: "least" | "greatest"; readonly parts: readonly AffineTree[] };

/** More parts than this are refused: a sum of maxima multiplies them. */
const greatestParts = 10_000;

const sizeOf = (tree: AffineTree): number =>
  tree.kind === "affine" ? 1 : tree.parts.reduce((sum, part) => sum + sizeOf(part), 0);

/** Calculates with such trees; `refuse` is told what cannot be done, and throws. */
export const affineExtremes = (refuse: (what: string) => never) => {
  const constant = (value: number): AffineTree => ({ kind: "affine", terms: new Map(), constant: value });

  const reading = (channel: number, sensor: number, step: number): AffineTree => ({
    kind: "affine",
    terms: new Map([[`${channel} ${sensor} ${step}`, 1]]),
    constant: 0,
  });

  const extreme = (kind: "least" | "greatest", parts: readonly AffineTree[]): AffineTree => {
    const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
    const [only] = flat;
    return flat.length === 1 && only !== undefined ? only : { kind, parts: flat };
  };

  const scale = (tree: AffineTree, factor: number): AffineTree => {
    if (tree.kind === "affine") {
      const terms = new Map<string, number>();
      for (const [key, coefficient] of tree.terms) terms.set(key, coefficient * factor);
      return { kind: "affine", terms, constant: tree.constant * factor };
    }
    if (factor === 0) return constant(0);
    const kind = factor > 0 ? tree.kind : tree.kind === "least" ? "greatest" : "least";
    return { kind, parts: tree.parts.map((part) => scale(part, factor)) };
  };

  const add = (a: AffineTree, b: AffineTree): AffineTree => {
    if (a.kind === "affine" && b.kind === "affine") {
      const terms = new Map(a.terms);
      for (const [key, coefficient] of b.terms) {
        const sum = (terms.get(key) ?? 0) + coefficient;
        if (sum === 0) terms.delete(key);
        else terms.set(key, sum);
      }
      return { kind: "affine", terms, constant: a.constant + b.constant };
    }
    const [tree, other] = a.kind === "affine" ? [b, a] : [a, b];
    if (tree.kind === "affine") return tree;
    if (sizeOf(tree) * sizeOf(other) > greatestParts) {
      refuse(`a sum of minima and maxima has more than ${greatestParts} parts`);
    }
    return extreme(
      tree.kind,
      tree.parts.map((part) => add(part, other)),
    );
  };

  const constantOf = (tree: AffineTree): number | undefined =>
    tree.kind === "affine" && tree.terms.size === 0 ? tree.constant : undefined;

  return {
    constant,
    reading,
    scale,
    add,
    constantOf,
    subtract: (a: AffineTree, b: AffineTree): AffineTree => add(a, scale(b, -1)),
    multiply: (a: AffineTree, b: AffineTree): AffineTree => {
      const [left, right] = [constantOf(a), constantOf(b)];
      if (left !== undefined) return scale(b, left);
      return right === undefined ? refuse("a product of signals is not affine") : scale(a, right);
    },
    divide: (a: AffineTree, b: AffineTree): AffineTree => {
      const divisor = constantOf(b);
      if (divisor === undefined) return refuse("a quotient by a signal is not affine");
      return divisor === 0 ? refuse("a division by zero has no value") : scale(a, 1 / divisor);
    },
    least: (parts: readonly AffineTree[]): AffineTree => extreme("least", parts),
    greatest: (parts: readonly AffineTree[]): AffineTree => extreme("greatest", parts),
  };
};
