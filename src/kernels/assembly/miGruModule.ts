export { forward } from "./miGruForward";
export { backward } from "./miGruBackward";
export { addInto, packColumns, packTransposed, unpackColumns } from "./packing";

/** First byte that holds no static data. */
export function arenaStart(): usize {
  return __heap_base;
}
