/** Probabilities of tokens from how often they occurred in a context, drawn to how often they occur at all. */
export interface ContextCounts {
  /** [tokens], how often each occurs, with one event more each; the sum is 1. */
  readonly overall: Float64Array;
  /** By context, how often each token occurred in it. */
  readonly counts: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Events that the overall shares weigh in a context. */
  readonly strength: number;
}

/**
 * Counts tokens by context: the token before gives a Markov chain, the hour a daily profile, always 0 nothing but how
 * often each occurs. The context's probabilities are (n + strength overall) / (N + strength).
 *
 * @param contexts [events], any whole numbers
 * @example
 * const { overall } = countInContexts(Int32Array.of(0, 1, 1), Int32Array.of(0, 0, 0), 2, 1);
 * overall; // => Float64Array [ 0.4, 0.6 ]
 */
export const countInContexts = (
  tokens: Int32Array,
  contexts: Int32Array,
  vocabulary: number,
  strength: number,
): ContextCounts => {
  const overall = new Float64Array(vocabulary).fill(1);
  const counts = new Map<number, Map<number, number>>();
  tokens.forEach((token, k) => {
    overall[token]!++;
    const own = counts.get(contexts[k]!) ?? new Map<number, number>();
    own.set(token, (own.get(token) ?? 0) + 1);
    counts.set(contexts[k]!, own);
  });
  const all = tokens.length + vocabulary;
  return { overall: overall.map((count) => count / all), counts, strength };
};

/** Probability of every token in a context. */
export const probabilitiesIn = (
  { counts, overall, strength }: ContextCounts,
  context: number,
): Float64Array => {
  const own = counts.get(context);
  if (own === undefined) return overall.slice();
  let seen = 0;
  for (const count of own.values()) seen += count;
  const probabilities = overall.map((share) => (strength * share) / (seen + strength));
  for (const [token, count] of own) probabilities[token]! += count / (seen + strength);
  return probabilities;
};

/** Mean of -log of what the tokens had, in nats. */
export const lossInContexts = (model: ContextCounts, tokens: Int32Array, contexts: Int32Array): number => {
  const { counts, overall, strength } = model;
  const seen = new Map<number, number>();
  for (const [context, own] of counts) {
    let sum = 0;
    for (const count of own.values()) sum += count;
    seen.set(context, sum);
  }
  let loss = 0;
  tokens.forEach((token, k) => {
    const context = contexts[k]!;
    const count = counts.get(context)?.get(token) ?? 0;
    loss -= Math.log((count + strength * overall[token]!) / ((seen.get(context) ?? 0) + strength));
  });
  return loss / tokens.length;
};

/** 1/4, 1/2, 1 .. 4096 events. */
const STRENGTHS = Array.from({ length: 15 }, (_, k) => 2 ** (k - 2));

/** The counts of a training stream at the strength of least loss on a validation stream. */
export const fitContextCounts = (
  training: { readonly tokens: Int32Array; readonly contexts: Int32Array },
  validation: { readonly tokens: Int32Array; readonly contexts: Int32Array },
  vocabulary: number,
): ContextCounts => {
  const counted = countInContexts(training.tokens, training.contexts, vocabulary, 1);
  const tried = STRENGTHS.map((strength) => {
    const model = { ...counted, strength };
    return { model, loss: lossInContexts(model, validation.tokens, validation.contexts) };
  });
  return tried.reduce((best, each) => (each.loss < best.loss ? each : best)).model;
};
