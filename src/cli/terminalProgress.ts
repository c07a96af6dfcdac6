/** Progress on standard error: one line that is redrawn on a terminal, else a line a stage and a line a minute. */
import { Effect, Layer } from "effect";
import { styleText } from "node:util";
import { Progress } from "../jobs/Progress.ts";

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
const LINE_MS = 60_000;

export const terminalProgress = (options: { readonly quiet: boolean }): Layer.Layer<Progress> =>
  options.quiet
    ? Progress.silent
    : Layer.effect(Progress, Effect.acquireRelease(Effect.sync(open), closeLine));

const open = () => {
  const { stderr } = process;
  const interactive = stderr.isTTY && process.env["TERM"] !== "dumb";
  let name = "";
  let startedAt = 0;
  let drawnAt = 0;
  let open = false;
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const clear = (): void => {
    if (interactive && open) stderr.write("\r\u001b[K");
  };
  const endStage = (): void => {
    if (name === "") return;
    clear();
    stderr.write(`${interactive ? styleText("green", "✓") : "done"} ${name} (${seconds()})\n`);
    name = "";
    open = false;
  };
  return Progress.of({
    stage: (next) => {
      endStage();
      name = next;
      startedAt = performance.now();
      drawnAt = startedAt;
      if (interactive) {
        stderr.write(`  ${name}`);
        open = true;
      }
    },
    update: (done, words) => {
      const now = performance.now();
      if (now - drawnAt < (interactive ? REDRAW_MS : LINE_MS)) return;
      drawnAt = now;
      const left = done > 0.02 ? `, ${remaining(now - startedAt, done)} left` : "";
      const percent = `${Math.round(done * 100)} %`;
      if (interactive) {
        const filled = Math.round(Math.min(1, done) * BAR_WIDTH);
        const line = `  ${name} ${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${percent} ${words}${left}`;
        stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
        open = true;
      } else {
        stderr.write(`${name}: ${percent} ${words}${left}\n`);
      }
    },
    note: (line) => {
      clear();
      stderr.write(`${line}\n`);
      if (interactive && name !== "") stderr.write(`  ${name}`);
    },
    end: endStage,
  });
};

/** An unfinished line must not swallow what is printed next. */
const closeLine = () =>
  Effect.sync(() => {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  });

const remaining = (elapsedMs: number, done: number): string => {
  const seconds = Math.round((elapsedMs * (1 - done)) / done / 1000);
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
};
