/**
 * The integer model on spans of steps: each step is projected once for all windows that contain it.
 */
export interface IntegerEngine {
  /** Bytes that one projected step takes. */
  readonly stepBytes: number;
  /** Projects `count` feature vectors (int16 [vector][input], one = 1024), which must not change before the release. */
  readonly project: (features: Int16Array, count: number) => ProjectedSpan;
}

export interface ProjectedSpan {
  /**
   * Walks the `steps` projected vectors from index `first` on, all cells starting from the zero state, and writes the
   * forecast in quanta [block][target][lead] (see `blocksOf`; quantiles as the head gives them, not arranged) from
   * baseline integers [target][lead] (`baselineInteger`).
   */
  readonly forecast: (first: number, steps: number, baselines: Int32Array, quanta: Int32Array) => void;
  /** Gives the memory back. The span that was projected last is released first. */
  readonly release: () => void;
}
