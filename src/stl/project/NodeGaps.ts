import { type ChoiceGraph, childrenOf, rowGap } from "./ChoiceGraph.ts";

/**
 * How far a point is from holding each node: 0 where the node holds, else a lower bound on the Euclidean distance to
 * where it does.
 */
export class NodeGaps {
  readonly gap: Float64Array;
  readonly #graph: ChoiceGraph;
  readonly #ranked: number[] = [];

  constructor(graph: ChoiceGraph) {
    this.#graph = graph;
    this.gap = new Float64Array(graph.row.length);
  }

  /** Computes the gaps of `nodes`, children before parents; left out, of all. */
  measure(x: Float64Array, nodes?: Int32Array): void {
    if (nodes === undefined) for (let n = 0; n < this.gap.length; n++) this.#node(n, x);
    else for (const n of nodes) this.#node(n, x);
  }

  #node(n: number, x: Float64Array): void {
    const row = this.#graph.row[n] as number;
    this.gap[n] =
      row >= 0
        ? rowGap(this.#graph, row, x)
        : this.ofChoice(childrenOf(this.#graph, n), this.#graph.count[n] as number);
  }

  /** The gap of holding `count` of the children: the count-th smallest of theirs. */
  ofChoice(children: ArrayLike<number>, count: number): number {
    const { gap } = this;
    let least = Infinity;
    let greatest = 0;
    for (let k = 0; k < children.length; k++) {
      const own = gap[children[k] as number] as number;
      if (own < least) least = own;
      if (own > greatest) greatest = own;
    }
    if (count === 1) return least;
    if (count === children.length) return greatest;
    const ranked = this.#ranked;
    ranked.length = 0;
    for (let k = 0; k < children.length; k++) ranked.push(gap[children[k] as number] as number);
    return ranked.sort((a, b) => a - b)[count - 1] as number;
  }
}
