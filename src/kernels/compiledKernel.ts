import { recurrentModule } from "./generated/recurrentModule.ts";

/** A growing memory of the kernel that threads can share. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** The part of the JavaScript interface that is used; the compiler's ES libraries do not declare it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: KernelMemory } },
  ) => { readonly exports: unknown };
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => KernelMemory;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface })
  .WebAssembly;

/** What the module was compiled for: all that a 32-bit address reaches. A shared memory must name its end. */
export const MOST_PAGES = 65_536;
export const PAGE_BYTES = 65_536;

let compiled: object | undefined;

/** The wasm module of all kernels, compiled once for the whole process. */
export const compiledKernel = (): object => {
  compiled ??= new webAssembly.Module(Uint8Array.from(atob(recurrentModule), (byte) => byte.charCodeAt(0)));
  return compiled;
};
