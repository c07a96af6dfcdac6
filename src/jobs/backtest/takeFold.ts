import { Effect, FileSystem, Path, Schedule } from "effect";
import { lockFolder } from "../../ingest/lockFolder.ts";
import { BacktestRefused } from "./BacktestRefused.ts";

/** Half a minute: what was left behind by a killed backtest ends within seconds. */
const TRIES = 120;
const BETWEEN = "250 millis";

/** Folder of the lock of a fold, counted from 0; the backtest removes it when all is done. */
export const runningFolder = (index: number): string => `fold-${index + 1}.running`;

/**
 * Takes a fold for this process until the scope closes. The process of a backtest that was killed may still hold it: it
 * ends by itself, see `endWithParent`, and is waited for.
 *
 * @param folder of all folds
 */
export const takeFold = Effect.fn("takeFold")(function* (folder: string, index: number) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const place = path.join(folder, runningFolder(index));
  yield* files.makeDirectory(place, { recursive: true }).pipe(
    Effect.andThen(lockFolder(place)),
    Effect.retry({
      schedule: Schedule.spaced(BETWEEN),
      times: TRIES,
      while: (error) => error._tag === "FolderLocked",
    }),
    Effect.mapError(
      (error) =>
        new BacktestRefused({
          reasons: [
            `${place}: ${error._tag === "FolderLocked" ? `another process works on this fold: ${error.reason}` : error.message}`,
          ],
        }),
    ),
  );
});
