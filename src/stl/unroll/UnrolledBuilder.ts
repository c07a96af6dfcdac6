import type { Affine } from "./affineExtremes.ts";
import { NodeKind, type UnrolledRule } from "./UnrolledRule.ts";

interface Node {
  readonly kind: NodeKind;
  readonly children: readonly number[];
  readonly argument: number;
}

interface Leaf {
  readonly terms: readonly (readonly [channel: number, sensor: number, step: number, coefficient: number])[];
  readonly constant: number;
  readonly strict: boolean;
}

type ClockTest = UnrolledRule["clockTests"][number];

/** Collects the nodes of an unrolled rule; equal nodes are kept once. */
export class UnrolledBuilder {
  readonly #nodes: Node[] = [];
  readonly #leaves: Leaf[] = [];
  readonly #clockTests: ClockTest[] = [];
  readonly #known = new Map<string, number>();

  #push(kind: NodeKind, children: readonly number[], argument: number): number {
    const key = `${kind} ${argument}: ${children.join()}`;
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#nodes.push({ kind, children, argument }) - 1;
      this.#known.set(key, index);
    }
    return index;
  }

  #constant(value: boolean): number {
    return this.#push(value ? NodeKind.constantTrue : NodeKind.constantFalse, [], 0);
  }

  /** A minimum, a maximum or a constant, without children that decide nothing. */
  node(kind: NodeKind, children: readonly number[]): number {
    if (kind === NodeKind.constantTrue || kind === NodeKind.constantFalse) {
      return this.#constant(kind === NodeKind.constantTrue);
    }
    const neutral = kind === NodeKind.all ? NodeKind.constantTrue : NodeKind.constantFalse;
    const deciding = kind === NodeKind.all ? NodeKind.constantFalse : NodeKind.constantTrue;
    const kept = new Set<number>();
    for (const child of children) {
      const node = this.#nodes[child];
      if (node?.kind === deciding) return child;
      if (node?.kind !== neutral) kept.add(child);
    }
    if (kept.size === 0) return this.#constant(kind === NodeKind.all);
    const [only] = kept;
    return kept.size === 1 && only !== undefined ? only : this.#push(kind, Array.from(kept), 0);
  }

  /** At least `count` of the children; equal children count as often as they stand there. */
  atLeast(children: readonly number[], count: number): number {
    if (count <= 0 || count > children.length) return this.#constant(count <= 0);
    if (count === 1) return this.node(NodeKind.any, children);
    if (count === children.length) return this.node(NodeKind.all, children);
    return this.#push(NodeKind.atLeast, children, count);
  }

  leaf(affine: Affine, strict: boolean): number {
    const terms = Array.from(affine.terms, ([key, coefficient]) => {
      const [channel = 0, sensor = 0, step = 0] = key.split(" ").map(Number);
      return [channel, sensor, step, coefficient] as const;
    })
      .filter(([, , , coefficient]) => coefficient !== 0)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    const key = `leaf ${strict} ${affine.constant}: ${terms.join(" ")}`;
    let index = this.#known.get(key);
    if (index === undefined) {
      const leaf = this.#leaves.push({ terms, constant: affine.constant, strict }) - 1;
      index = this.#push(NodeKind.leaf, [], leaf);
      this.#known.set(key, index);
    }
    return index;
  }

  clock(test: ClockTest): number {
    const key = `clock ${JSON.stringify(test)}`;
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#push(NodeKind.clock, [], this.#clockTests.push(test) - 1);
      this.#known.set(key, index);
    }
    return index;
  }

  /** The rule of one root, without nodes that it does not read. */
  rule(name: string, scale: number, root: number): UnrolledRule {
    const used = new Set([root]);
    for (let n = root; n >= 0; n--) {
      if (used.has(n)) for (const child of this.#nodes[n]?.children ?? []) used.add(child);
    }
    const kept = Array.from(used).sort((a, b) => a - b);
    const renumbered = new Map(kept.map((old, index) => [old, index]));
    const nodes = kept.map((old) => this.#nodes[old] as Node);
    const leaves: Leaf[] = [];
    const clockTests: ClockTest[] = [];
    const argument = nodes.map((node) => {
      if (node.kind === NodeKind.leaf) return leaves.push(this.#leaves[node.argument] as Leaf) - 1;
      if (node.kind === NodeKind.clock)
        return clockTests.push(this.#clockTests[node.argument] as ClockTest) - 1;
      return node.argument;
    });
    const children = nodes.map((node) => node.children.map((child) => renumbered.get(child) as number));
    const terms = leaves.flatMap((leaf) => leaf.terms);
    const steps = [...terms.map((term) => term[2]), ...clockTests.map((test) => test.step)];
    return {
      name,
      scale,
      history: steps.reduce((least, step) => Math.min(least, step), 0),
      horizon: steps.reduce((greatest, step) => Math.max(greatest, step), 0),
      kind: Uint8Array.from(nodes, (node) => node.kind),
      childOffsets: offsetsOf(children),
      children: Int32Array.from(children.flat()),
      argument: Int32Array.from(argument),
      termOffsets: offsetsOf(leaves.map((leaf) => leaf.terms)),
      coefficient: Float64Array.from(terms, (term) => term[3]),
      channel: Int32Array.from(terms, (term) => term[0]),
      sensor: Int32Array.from(terms, (term) => term[1]),
      step: Int32Array.from(terms, (term) => term[2]),
      constant: Float64Array.from(leaves, (leaf) => leaf.constant),
      strict: Uint8Array.from(leaves, (leaf) => (leaf.strict ? 1 : 0)),
      clockTests,
    };
  }
}

const offsetsOf = (lists: readonly (readonly unknown[])[]): Int32Array => {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => (offsets[i + 1] = (offsets[i] as number) + list.length));
  return offsets;
};
