export { gruBackward } from "./gruBackward";
export { gruForward } from "./gruForward";
export { lstmBackward } from "./lstmBackward";
export { lstmForward } from "./lstmForward";
export { rnnBackward } from "./rnnBackward";
export { rnnForward } from "./rnnForward";
export { multiplyRowMajor, multiplyTransposed } from "./matrixProducts";
export { softmaxGradient, softmaxMaxima, softmaxStates, softmaxSums } from "./softmaxRows";
export { addInto, clear, packColumns, packTransposed, unpackColumns } from "./packing";

/** First byte that holds no static data. */
export function arenaStart(): usize {
  return __heap_base;
}
