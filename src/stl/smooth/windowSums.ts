let gathered = new Float64Array(0);

/** Windows up to this width are summed one by one. */
const narrow = 4;

/**
 * `target[i]` = sum of source[clip(i + lower) .. clip(i + upper)], clipped to 0..length-1, for i = 0..count-1, in
 * time linear in the row: each window is the end of one block of its width and the start of the next, so that
 * nothing is ever subtracted.
 */
export const windowSums = (
  source: Float64Array,
  length: number,
  count: number,
  lower: number,
  upper: number,
  target: Float64Array,
): void => {
  const width = Math.min(upper, length - 1) - Math.max(lower, 1 - count) + 1;
  if (width <= narrow) {
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = Math.max(0, i + lower), to = Math.min(length - 1, i + upper); k <= to; k++) {
        sum += source[k] as number;
      }
      target[i] = sum;
    }
    return;
  }
  if (gathered.length < length) gathered = new Float64Array(2 * length);
  for (let block = 0; block < length; block += width) {
    let sum = 0;
    for (let i = Math.min(block + width, length) - 1; i >= block; i--) {
      sum += source[i] as number;
      gathered[i] = sum;
    }
  }
  let read = -1;
  let blockStart = 0;
  let nextBlock = 0;
  let prefix = 0;
  for (let i = 0; i < count; i++) {
    const from = Math.max(0, i + lower);
    const to = Math.min(length - 1, i + upper);
    while (read < to) {
      read++;
      if (read === nextBlock) {
        prefix = 0;
        blockStart = read;
        nextBlock += width;
      }
      prefix += source[read] as number;
    }
    if (from > to) target[i] = 0;
    else if (from < blockStart) target[i] = (gathered[from] as number) + prefix;
    // A window that the end of the row cuts short is the end of the last block.
    else target[i] = from === blockStart ? prefix : (gathered[from] as number);
  }
};
