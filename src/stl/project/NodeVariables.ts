import { type ChoiceGraph, childrenOf } from "./ChoiceGraph.ts";

/** The variables that are read below each node, each of them once; found when first asked for. */
export class NodeVariables {
  readonly #graph: ChoiceGraph;
  readonly #known: (Int32Array | undefined)[];
  readonly #seen: Int32Array;
  #stamp = 0;

  constructor(graph: ChoiceGraph) {
    this.#graph = graph;
    this.#known = Array.from(graph.row, () => undefined);
    this.#seen = new Int32Array(graph.given.length);
  }

  of(node: number): Int32Array {
    const known = this.#known[node];
    if (known !== undefined) return known;
    const { row, rowOffsets, rowVariable } = this.#graph;
    const own = row[node] as number;
    const parts =
      own >= 0
        ? [rowVariable.subarray(rowOffsets[own], rowOffsets[own + 1])]
        : Array.from(childrenOf(this.#graph, node), (child) => this.of(child));
    const variables = parts.length === 1 ? (parts[0] as Int32Array) : this.#union(parts);
    this.#known[node] = variables;
    return variables;
  }

  #union(parts: readonly Int32Array[]): Int32Array {
    const seen = this.#seen;
    const stamp = ++this.#stamp;
    const found: number[] = [];
    for (const part of parts) {
      for (const variable of part) {
        if (seen[variable] === stamp) continue;
        seen[variable] = stamp;
        found.push(variable);
      }
    }
    return Int32Array.from(found);
  }
}
