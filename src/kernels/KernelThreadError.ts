/** The second thread did not do its part of a run. */
export class KernelThreadError extends Error {
  override readonly name = "KernelThreadError";

  readonly reason: string;

  constructor(reason: string) {
    super(`the second thread of the kernels failed: ${reason}. Run on one: training.threads: 1`);
    this.reason = reason;
  }
}
