import { childrenOf, withOperands } from "../plan/operandsOf.ts";
import type { Plan, PlanNode, PlanScope } from "../plan/Plan.ts";

/** Collects the nodes of a plan; equal nodes, scopes and row maps are kept once. */
export class PlanBuilder {
  readonly scopes: PlanScope[] = [{ arity: 0, size: 1, sensors: [] }];
  readonly nodes: PlanNode[] = [];
  readonly #rowMaps: (readonly number[])[] = [];
  readonly #known = new Map<string, number>([["scope 0:", 0]]);

  #once(key: string, make: () => number): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = make();
    this.#known.set(key, index);
    return index;
  }

  /** `sensors` holds the tuples one after the other. */
  scope(arity: number, sensors: readonly number[]): number {
    if (arity === 0) return 0;
    return this.#once(`scope ${arity}:${sensors.join()}`, () => {
      this.scopes.push({ arity, size: sensors.length / arity, sensors });
      return this.scopes.length - 1;
    });
  }

  /** -1 where every row reads its own number. */
  rowMap(rows: readonly number[]): number {
    if (rows.every((row, i) => row === i)) return -1;
    return this.#once(`rows ${rows.join()}`, () => this.#rowMaps.push(rows) - 1);
  }

  node(node: PlanNode): number {
    return this.#once(JSON.stringify(node), () => this.nodes.push(node) - 1);
  }

  /** The nodes that a root reads, itself the last, in the order that {@link PlanBuilder.plan} gives them. */
  reads(root: number): readonly number[] {
    const used = new Set<number>([root]);
    // Readers come after what they read, so one pass downwards sees all.
    for (let n = root; n >= 0; n--) {
      if (used.has(n)) for (const child of childrenOf(this.nodes[n] as PlanNode)) used.add(child);
    }
    return Array.from(used).sort((a, b) => a - b);
  }

  /** The plan of one root, without what it does not read. */
  plan(root: number): Plan {
    const kept = this.reads(root);
    const renumbered = new Map(kept.map((old, index) => [old, index]));
    const maps: (readonly number[])[] = [];
    const mapNumbers = new Map<number, number>();
    const moveMap = (map: number): number => {
      if (map < 0) return -1;
      if (!mapNumbers.has(map)) mapNumbers.set(map, maps.push(this.#rowMaps[map] ?? []) - 1);
      return mapNumbers.get(map) as number;
    };
    const scopes: PlanScope[] = [this.scopes[0] as PlanScope];
    const scopeNumbers = new Map<number, number>([[0, 0]]);
    const moveScope = (scope: number): number => {
      if (!scopeNumbers.has(scope)) scopeNumbers.set(scope, scopes.push(this.scopes[scope] as PlanScope) - 1);
      return scopeNumbers.get(scope) as number;
    };
    const nodes = kept.map((old) => {
      const node = withOperands(this.nodes[old] as PlanNode, (n) => renumbered.get(n) as number, moveMap);
      return { ...node, scope: moveScope(node.scope) };
    });
    return { scopes, rowMaps: maps, nodes };
  }
}
