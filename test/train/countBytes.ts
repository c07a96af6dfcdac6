/** Counts the bytes of all typed arrays made while `work` runs, views of others left out. */
export const countBytes = <A>(work: () => A): { readonly bytes: number; readonly result: A } => {
  let bytes = 0;
  const names = [
    "Float32Array",
    "Float64Array",
    "Int32Array",
    "Int8Array",
    "Int16Array",
    "Uint8Array",
  ] as const;
  const globals = globalThis as unknown as Record<string, new (...values: never[]) => ArrayBufferView>;
  const originals = names.map((name) => globals[name]!);
  names.forEach((name, k) => {
    globals[name] = class extends originals[k]! {
      constructor(...values: never[]) {
        super(...values);
        const [source] = values as readonly unknown[];
        if (!(source instanceof ArrayBuffer || source instanceof SharedArrayBuffer)) bytes += this.byteLength;
      }
    };
  });
  try {
    const result = work();
    return { result, bytes };
  } finally {
    names.forEach((name, k) => (globals[name] = originals[k]!));
  }
};
