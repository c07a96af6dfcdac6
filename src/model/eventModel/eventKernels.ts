import { createDenseKernel, type DenseKernel } from "../../kernels/DenseKernel.ts";
import { createRecurrentKernel, type RecurrentKernel } from "../../kernels/RecurrentKernel.ts";
import { createSoftmaxKernel, type SoftmaxKernel } from "../../kernels/SoftmaxKernel.ts";

/** Kernels that a model of events runs on. */
export interface EventKernels {
  readonly recurrent: RecurrentKernel;
  readonly dense: DenseKernel;
  readonly softmax: SoftmaxKernel;
}

export const createEventKernels = (): EventKernels => ({
  recurrent: createRecurrentKernel(),
  dense: createDenseKernel(),
  softmax: createSoftmaxKernel(),
});
