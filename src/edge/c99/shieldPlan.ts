import { ArtefactError } from "../ArtefactError.ts";
import { READING_MAXIMUM } from "../compileRule.ts";
import type { IntegerReadout } from "../IntegerModel.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import { deepestClause, LONG_SWEEPS, RETRACTIONS, searchBounds, SWEEPS } from "../shieldBounds.ts";
import { elementBytes, type ElementType, narrowest } from "./arrayText.ts";

/** A field of the shield's working memory; `pointer` fields point to the readings. */
export interface WorkField {
  readonly name: string;
  readonly type: ElementType | "pointer";
  /** Elements of an array; undefined for a single value. */
  readonly count: number | undefined;
  readonly comment: string;
}

/** Everything of the generated shield that depends on its rules. */
export interface ShieldPlan {
  /** Type of a robustness, which holds every sum and product of the shield. */
  readonly amount: "int32_t" | "int64_t";
  /** Types of what counts or numbers nodes, leaves, children, entries and values of entries. */
  readonly types: Readonly<
    Record<"node" | "leaf" | "edge" | "held" | "variable" | "entry" | "choice" | "option", ElementType>
  >;
  /** Leaves that can wait at the same time. */
  readonly queue: number;
  readonly fields: readonly WorkField[];
  /** Bytes of the working memory with pointers of four bytes, or of eight. */
  readonly workBytes: (pointer: 4 | 8) => number;
  readonly bounds: {
    /** Visits of leaves by all searches together, and the most terms of one visit. */
    readonly visits: number;
    readonly terms: number;
    /** Leaves that read one entry, at most. */
    readonly readers: number;
    readonly sweeps: number;
    readonly retractions: number;
    /** Nodes from a clause down to a leaf. */
    readonly depth: number;
    /** Nodes evaluated: all of them three times, those of each component in every sweep and around every search. */
    readonly evaluations: number;
  };
}

/** Judgements of a component: for what is unknown, before its repair, in and after the sweeps, for two searches, at the end. */
const EVALUATIONS = 1 + 1 + (SWEEPS + 1) + 2 + (LONG_SWEEPS + 1) + 2;
/** Sums below this leave room for the entry that is added to one of them. */
const NARROW_SUM = 2 ** 30;
/** Sums that TypeScript holds exactly. */
const WIDEST_SUM = 2 ** 53;

/**
 * Chooses widths and capacities.
 *
 * Throws an {@link ArtefactError} `not-representable` that names the rules whose sums could pass 2^53, because TypeScript
 * would round them.
 */
export const planShield = (system: RuleSystem, readouts: readonly IntegerReadout[]): ShieldPlan => {
  const widest = widestSum(system, readouts);
  const { components, freeOffsets, pastOffsets, variables } = system;
  const bounds = components.map((component) => searchBounds(system, component));
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 1);
  // Compilers follow a loop's first round into a list of one and warn of its end.
  const choices = Math.max(2, most(bounds.map((bound) => bound.choices)));
  const options = Math.max(2, most(bounds.map((bound) => bound.options)));
  const queue = most(components.map((component) => component.leaves.length));
  const depth = Math.max(2, deepestClause(system));
  const [nodes, edges, leaves] = [system.kind.length, system.children.length, system.constant.length];
  const amount = widest < NARROW_SUM ? "int32_t" : "int64_t";
  const types = {
    node: narrowest(0, nodes),
    leaf: narrowest(0, leaves),
    edge: narrowest(0, edges),
    held: narrowest(0, mostChildren(system)),
    variable: narrowest(0, variables),
    entry: narrowest(
      Math.min(-1, ...readouts.map((readout) => readout.minimum)),
      Math.max(...readouts.map((readout) => readout.maximum)),
    ),
    choice: narrowest(0, choices),
    option: narrowest(0, options),
  };
  const field = (
    name: string,
    type: WorkField["type"],
    count: number | undefined,
    comment: string,
  ): WorkField => ({
    name,
    type,
    count,
    comment,
  });
  const fields = [
    field("past", "pointer", undefined, "the readings of this call"),
    field("nodes", amount, nodes, "robustness of every node"),
    field("visits", "uint32_t", undefined, "of leaves in this search"),
    field("visit_limit", "uint32_t", undefined, ""),
    field("component", "uint32_t", undefined, "that is repaired, and whether to its rules' margins"),
    field("with_margin", "uint32_t", undefined, ""),
    field("kept", "uint32_t", undefined, "lengths of the lists below"),
    field("activated_count", "uint32_t", undefined, ""),
    field("pending_count", "uint32_t", undefined, ""),
    field("queue_first", "uint32_t", undefined, ""),
    field("queue_count", "uint32_t", undefined, ""),
    field("swept", "int32_t", variables, "the forecast as the sweeps leave it"),
    ...["low", "high"].map((name) => field(name, types.entry, variables, "interval of every entry")),
    ...["root_low", "root_high"].map((name) => field(name, types.entry, variables, "before any choice")),
    ...["kept_low", "kept_high"].map((name) => field(name, types.entry, variables, "since the mark")),
    field("kept_variable", types.variable, variables, "whose intervals those are"),
    field("way_node", types.node, depth, "walks down the graph"),
    field("way_edge", types.edge, depth, ""),
    field("held_node", types.node, depth, ""),
    field("held_edge", types.edge, depth, ""),
    field("held_missing", types.held, depth, ""),
    field("activated", types.leaf, queue, "leaves that must hold"),
    field("queue", types.leaf, queue, "leaves that wait"),
    field("pending", types.node, choices, "nodes that leave a choice"),
    field("options", types.node, options, "children to choose from, the best first"),
    field("frame_position", types.choice, choices, "choices that stand"),
    field("frame_options", types.option, choices + 1, ""),
    field("frame_next", types.option, choices, ""),
    field("frame_activated", types.leaf, choices, ""),
    field("frame_pending", types.choice, choices, ""),
    field("leaf_flags", "uint8_t", leaves, "assumed to hold, active, waiting"),
    field("node_flags", "uint8_t", nodes, "sweep of the last visit, chosen, marked, postponed"),
    field("edge_bits", "uint8_t", Math.ceil(Math.max(1, edges) / 8), "chosen, or able to hold"),
    field("kept_bits", "uint8_t", Math.ceil(variables / 8), "entries kept since the mark"),
    field("clock", "uint8_t", Math.max(1, system.clockTests.length), "which clock tests hold"),
  ];
  const lengths = (offsets: Int32Array): number[] =>
    Array.from(offsets.subarray(1), (offset, index) => offset - offsets[index]!);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const past = lengths(pastOffsets);
  return {
    amount,
    types,
    queue,
    fields,
    workBytes: (pointer) => structBytes(fields, pointer),
    bounds: {
      visits: 2 * sum(bounds.map((bound) => bound.visits)),
      terms: most(lengths(freeOffsets).map((free, leaf) => free + past[leaf]!)),
      readers: most(lengths(system.leavesOffsets)),
      sweeps: (SWEEPS + LONG_SWEEPS) * components.length,
      // The search that goes beyond the bound has taken one more back; there are two of them.
      retractions: 2 * (RETRACTIONS + 1) * components.length,
      depth: deepestClause(system),
      evaluations: 3 * nodes + sum(components.map((component) => EVALUATIONS * component.nodes.length)),
    },
  };
};

const mostChildren = ({ childOffsets, kind }: RuleSystem): number => {
  let most = 0;
  for (let node = 0; node < kind.length; node++) {
    most = Math.max(most, childOffsets[node + 1]! - childOffsets[node]!);
  }
  return most;
};

/** The largest amount that a leaf, the product of a sweep or a bound of the search can come to. */
const widestSum = (system: RuleSystem, readouts: readonly IntegerReadout[]): number => {
  const width = system.sensors * system.horizonSteps;
  const { freeCoefficient, freeOffsets, freeVariable, leafRule, pastCoefficient, pastOffsets, rules } =
    system;
  let widest = 0;
  const wide = new Set<string>();
  for (let leaf = 0; leaf < system.constant.length; leaf++) {
    const rule = rules[leafRule[leaf]!]!;
    let sum = Math.abs(system.constant[leaf]!) + rule.margin;
    let largest = 1;
    let squares = 0;
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      const size = Math.abs(freeCoefficient[term]!);
      const { maximum, minimum } = readouts[Math.floor(freeVariable[term]! / width)]!;
      sum += size * Math.max(Math.abs(minimum), Math.abs(maximum));
      largest = Math.max(largest, size);
      squares += size * size;
    }
    for (let term = pastOffsets[leaf]!; term < pastOffsets[leaf + 1]!; term++) {
      sum += Math.abs(pastCoefficient[term]!) * READING_MAXIMUM;
    }
    // Sweeps take a leaf that falls short by the whole sum times a coefficient, rounded up by the squares.
    const all = rule.enforced ? largest * 2 * sum + squares : 2 * sum;
    if (all > WIDEST_SUM) wide.add(rule.name);
    widest = Math.max(widest, all);
  }
  if (wide.size > 0) {
    throw new ArtefactError(
      "not-representable",
      `cannot write the shield in C: products of ${[...wide].join(", ")} could pass 2^53; ` +
        "round the coefficients, or take coarser quanta",
    );
  }
  return widest;
};

/** Size of a C structure whose fields are aligned to their elements. */
const structBytes = (fields: readonly WorkField[], pointer: 4 | 8): number => {
  let at = 0;
  let alignment = 1;
  for (const { count, type } of fields) {
    const bytes = type === "pointer" ? pointer : elementBytes(type);
    at = Math.ceil(at / bytes) * bytes + bytes * (count ?? 1);
    alignment = Math.max(alignment, bytes);
  }
  return Math.ceil(at / alignment) * alignment;
};
