import { Effect, type FileSystem, type Path, type Scope } from "effect";
import { it } from "vitest";
import { platform } from "../../src/cli/platform.ts";

/** A vitest case that runs an effect with the Node services of the command line; its scope ends with it. */
export const itEffect = <A, E>(
  name: string,
  body: () => Effect.Effect<A, E, FileSystem.FileSystem | Path.Path | Scope.Scope>,
): void =>
  it(name, ({ signal }) =>
    Effect.runPromise(Effect.scoped(body()).pipe(Effect.provide(platform)), { signal }),
  );
