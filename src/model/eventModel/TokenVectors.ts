/** Vectors that several tokens share. */
export interface VectorBuckets {
  readonly count: number;
  /** [tokens], 0 to count - 1. */
  readonly bucketOf: Int32Array;
}

/**
 * What the input and output vectors and the output biases of tokens come from, other than a table of their own.
 *
 * - `sum`, `product`, `joined`: one vector of each part, by bucket. Buckets by hash, summed, are hashed embeddings
 *   (Svenstrup et al., "Hash Embeddings", NIPS 2017, without weights); quotient and remainder, multiplied, are those of Shi
 *   et al., KDD 2020, section 4; random buckets of shorter vectors one after the other are slim embeddings (Li et al., AAAI
 *   2018). Biases of the parts are summed.
 * - `features`: a linear map of what is known of each token: vector = features times [count][width].
 * - `classes`: tokens have vectors of their own and are predicted as a class, then as a member of the class, both from
 *   the same state (Goodman, ICASSP 2001): the hierarchical softmax of two levels.
 *
 * In all, the probabilities of all tokens sum to 1.
 */
export type TokenVectors =
  | { readonly kind: "sum" | "product" | "joined"; readonly parts: readonly VectorBuckets[] }
  | {
      readonly kind: "features";
      readonly count: number;
      /** [tokens][count] */
      readonly features: Float32Array;
    }
  | {
      readonly kind: "classes";
      /** Members of each class, fewer in the last. */
      readonly size: number;
      /** [tokens], class times size, and the member: every number below that of tokens once. */
      readonly slotOf: Int32Array;
    };

/** Size of one array of vectors, and about what it is drawn at the start. */
export interface VectorPart {
  readonly rows: number;
  readonly width: number;
  readonly centre: number;
}

interface VectorSizes {
  readonly codes: readonly number[];
  readonly inputs: number;
  readonly units: number;
  readonly vectors?: TokenVectors;
}

/** Arrays of input and of output vectors that a model of these sizes trains; there is a bias to each output vector. */
export const vectorParts = ({
  codes,
  inputs,
  units,
  vectors,
}: VectorSizes): { readonly input: readonly VectorPart[]; readonly output: readonly VectorPart[] } => {
  const partsOf = (width: number): readonly VectorPart[] => {
    switch (vectors?.kind) {
      case "features":
        return [{ rows: vectors.count, width, centre: 0 }];
      case "sum":
        return vectors.parts.map(({ count }) => ({ rows: count, width, centre: 0 }));
      case "product":
        return vectors.parts.map(({ count }, part) => ({ rows: count, width, centre: part === 0 ? 0 : 1 }));
      case "joined":
        return vectors.parts.map(({ count }) => ({
          rows: count,
          width: width / vectors.parts.length,
          centre: 0,
        }));
      default:
        return codes.map((rows) => ({ rows, width, centre: 0 }));
    }
  };
  const output = partsOf(units);
  const classes =
    vectors?.kind === "classes"
      ? [{ rows: Math.ceil(codes[0]! / vectors.size), width: units, centre: 0 }]
      : [];
  return { input: partsOf(inputs), output: [...classes, ...output] };
};

/** The factor of each other part in an element of a product. */
const othersProduct = (
  parts: readonly VectorBuckets[],
  arrays: readonly Float32Array[],
  own: number,
  token: number,
  k: number,
  width: number,
): number =>
  parts.reduce(
    (product, { bucketOf }, part) =>
      part === own ? product : product * arrays[part]![bucketOf[token]! * width + k]!,
    1,
  );

/**
 * The vector of every token, [tokens][width], from the arrays of its parts.
 *
 * @example
 * const parts = [{ count: 1, bucketOf: Int32Array.of(0, 0) }, { count: 2, bucketOf: Int32Array.of(1, 0) }];
 * expandVectors({ kind: "product", parts }, [Float32Array.of(3), Float32Array.of(1, 2)], 2, 1); // => Float32Array [ 6, 3 ]
 */
export const expandVectors = (
  vectors: Exclude<TokenVectors, { readonly kind: "classes" }>,
  arrays: readonly Float32Array[],
  tokens: number,
  width: number,
): Float32Array => {
  const expanded = new Float32Array(tokens * width);
  if (vectors.kind === "features") {
    const { count, features } = vectors;
    for (let token = 0; token < tokens; token++) {
      for (let feature = 0; feature < count; feature++) {
        const share = features[token * count + feature]!;
        if (share === 0) continue;
        for (let k = 0; k < width; k++) {
          expanded[token * width + k]! += share * arrays[0]![feature * width + k]!;
        }
      }
    }
    return expanded;
  }
  const { kind, parts } = vectors;
  if (kind === "product") expanded.fill(1);
  const own = kind === "joined" ? width / parts.length : width;
  parts.forEach(({ bucketOf }, part) => {
    const array = arrays[part]!;
    const at = kind === "joined" ? part * own : 0;
    for (let token = 0; token < tokens; token++) {
      const to = token * width + at;
      const from = bucketOf[token]! * own;
      for (let k = 0; k < own; k++) {
        expanded[to + k] =
          kind === "product" ? expanded[to + k]! * array[from + k]! : expanded[to + k]! + array[from + k]!;
      }
    }
  });
  return expanded;
};

/** The gradient of the arrays of the parts from that of `expandVectors`. */
export const reduceVectors = (
  vectors: Exclude<TokenVectors, { readonly kind: "classes" }>,
  arrays: readonly Float32Array[],
  gradient: Float32Array,
  tokens: number,
  width: number,
): readonly Float32Array[] => {
  const reduced = arrays.map(({ length }) => new Float32Array(length));
  if (vectors.kind === "features") {
    const { count, features } = vectors;
    for (let token = 0; token < tokens; token++) {
      for (let feature = 0; feature < count; feature++) {
        const share = features[token * count + feature]!;
        if (share === 0) continue;
        for (let k = 0; k < width; k++) {
          reduced[0]![feature * width + k]! += share * gradient[token * width + k]!;
        }
      }
    }
    return reduced;
  }
  const { kind, parts } = vectors;
  const own = kind === "joined" ? width / parts.length : width;
  parts.forEach(({ bucketOf }, part) => {
    const into = reduced[part]!;
    const at = kind === "joined" ? part * own : 0;
    for (let token = 0; token < tokens; token++) {
      const from = token * width + at;
      const to = bucketOf[token]! * own;
      for (let k = 0; k < own; k++) {
        const others = kind === "product" ? othersProduct(parts, arrays, part, token, k, width) : 1;
        into[to + k]! += others * gradient[from + k]!;
      }
    }
  });
  return reduced;
};

/** How the biases of parts make those of tokens: summed, whatever happens to the vectors. */
export const biasVectors = (
  vectors: Exclude<TokenVectors, { readonly kind: "classes" }>,
): Exclude<TokenVectors, { readonly kind: "classes" }> =>
  vectors.kind === "features" ? vectors : { kind: "sum", parts: vectors.parts };
