/** Leaves that wait to be visited, first in first out, each at most once; a ring that never grows. */
export interface LeafQueue {
  /** Adds a leaf, unless it waits already. */
  readonly add: (leaf: number) => void;
  /** The leaf that has waited longest, or -1. */
  readonly take: () => number;
}

/** @param leaves how many there are, numbered from 0 */
export const createLeafQueue = (leaves: number): LeafQueue => {
  const ring = new Int32Array(leaves);
  const waits = new Uint8Array(leaves);
  let first = 0;
  let count = 0;
  return {
    add: (leaf) => {
      if (waits[leaf] === 1) return;
      waits[leaf] = 1;
      const at = first + count++;
      ring[at < leaves ? at : at - leaves] = leaf;
    },
    take: () => {
      if (count === 0) return -1;
      const leaf = ring[first]!;
      first = first + 1 < leaves ? first + 1 : 0;
      count--;
      waits[leaf] = 0;
      return leaf;
    },
  };
};
