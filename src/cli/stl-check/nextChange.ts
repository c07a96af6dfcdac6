import { Effect } from "effect";
import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Editors write in several steps: what follows within this time is one change. */
const SETTLE_MS = 150;

const stateOf = (path: string): string => {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return "absent";
  }
};

/** What files are at present: time and size of each. */
export const fileStates = (paths: readonly string[]): ReadonlyMap<string, string> =>
  new Map(paths.map((path) => [path, stateOf(path)]));

/**
 * Waits until one of the files is no longer as it was, and gives its path. Folders are watched, since editors often
 * put a new file in the place of the old one.
 */
export const nextChange = (before: ReadonlyMap<string, string>): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const paths = Array.from(before.keys());
    let timer: NodeJS.Timeout | undefined;
    const look = (): boolean => {
      const changed = paths.find((path) => stateOf(path) !== before.get(path));
      if (changed !== undefined) resume(Effect.succeed(changed));
      return changed !== undefined;
    };
    // What changed while it was being checked counts too.
    if (look()) return;
    const names = new Set(paths.map((path) => basename(path)));
    const watchers: FSWatcher[] = [];
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      try {
        watchers.push(
          watch(folder, (_event, name) => {
            if (name !== null && !names.has(name)) return;
            clearTimeout(timer);
            timer = setTimeout(look, SETTLE_MS);
          }),
        );
      } catch {
        // A folder that is not there yet cannot be watched: what can be is.
      }
    }
    return Effect.sync(() => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    });
  });
