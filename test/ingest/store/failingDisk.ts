import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect, FileSystem, Layer, PlatformError } from "effect";

/** A disk that can be full: half of what is written then gets there, as on a real one. */
export class FailingDisk {
  full = false;
  /** Writes that failed. */
  failures = 0;

  readonly layer: Layer.Layer<FileSystem.FileSystem> = Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (files) => ({
      ...files,
      open: (path: string, options?: Parameters<typeof files.open>[1]) =>
        Effect.map(files.open(path, options), (file) => this.#watched(file)),
    })),
  ).pipe(Layer.provide(NodeFileSystem.layer));

  #watched(file: FileSystem.File): FileSystem.File {
    const writeAll = (bytes: Uint8Array): Effect.Effect<void, PlatformError.PlatformError> =>
      Effect.suspend(() => {
        if (!this.full) return file.writeAll(bytes);
        this.failures++;
        const cause = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        const full = PlatformError.systemError({
          _tag: "Unknown",
          module: "FileSystem",
          method: "writeAll",
          cause,
        });
        return Effect.andThen(file.writeAll(bytes.subarray(0, bytes.length >> 1)), Effect.fail(full));
      });
    return Object.create(file, { writeAll: { value: writeAll } }) as FileSystem.File;
  }
}
