/** Counts of judged instants, and the smallest margin among them. */
export class Tally {
  held = 0;
  broken = 0;
  unknown = 0;
  /**
   * Smallest robustness of a judged instant, in the unit of the rule: exact or, where only bounds are known, what
   * it is at the least where it holds and at the most where it is broken. NaN where no finite one was met.
   */
  smallestMargin = NaN;
  /** Step of the smallest margin, of the first broken instant and of the first unknown one; -1 where none is. */
  worstStep = -1;
  firstBroken = -1;
  lastBroken = -1;
  firstUnknown = -1;

  /** Takes one instant: `truth` is 1, 0 or -1 for unknown. */
  add(step: number, truth: number, lower: number, upper: number): void {
    if (truth < 0) {
      this.unknown++;
      if (this.firstUnknown < 0) this.firstUnknown = step;
      return;
    }
    if (truth === 1) this.held++;
    else {
      if (this.broken === 0) {
        this.firstBroken = step;
        // Broken by an infinite margin (a clock, a truth) or by none, it is still the worst.
        if (!(this.smallestMargin < 0)) this.worstStep = step;
      }
      this.broken++;
      this.lastBroken = step;
    }
    const margin = truth === 1 ? lower : upper;
    if (!Number.isFinite(margin) || margin >= this.smallestMargin) return;
    this.smallestMargin = margin;
    if (truth === 0 || this.broken === 0) this.worstStep = step;
  }
}
