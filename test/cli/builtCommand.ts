import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export type BuiltCommand = "ordinance" | "stl-check";

/** What a command left: its status, what it printed, and how long after a signal it took to end. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds from SIGINT to the end; NaN where none was sent. */
  readonly secondsToStop: number;
}

export interface Started {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds; nothing where left out. */
  readonly input?: string;
  /** Asked every few milliseconds; once true, SIGINT is sent, as Ctrl-C does. */
  readonly interruptWhen?: (printed: { readonly stdout: string; readonly stderr: string }) => boolean;
}

const POLL_MS = 10;
const AT_ONCE = 2;

/** The environment of a user who has set nothing. */
const plainEnvironment = (): NodeJS.ProcessEnv => {
  const env = { ...process.env };
  for (const name of ["ORDINANCE_DATA", "FORCE_COLOR", "NO_COLOR", "NODE_OPTIONS", "VITEST"])
    delete env[name];
  return env;
};

let running = 0;
const waiting: (() => void)[] = [];

/** Runs a built command as a child process; at most two at once, the others wait. */
export const builtCommand = async (
  command: BuiltCommand,
  words: readonly string[],
  options: Started,
): Promise<Ended> => {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await runChild(command, words, options);
  } finally {
    running--;
    waiting.shift()?.();
  }
};

const runChild = (command: BuiltCommand, words: readonly string[], options: Started): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL(`../../dist/cli/${command}.js`, import.meta.url));
    const child = spawn(process.execPath, [script, ...words], {
      cwd: options.cwd,
      env: { ...plainEnvironment(), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    // A command that does not read it may have ended before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input);
    let stdout = "";
    let stderr = "";
    let interruptedAt = Number.NaN;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const poll = setInterval(() => {
      if (!Number.isNaN(interruptedAt) || options.interruptWhen?.({ stdout, stderr }) !== true) return;
      interruptedAt = performance.now();
      child.kill("SIGINT");
    }, POLL_MS);
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearInterval(poll);
      resolve({ status, signal, stdout, stderr, secondsToStop: (performance.now() - interruptedAt) / 1000 });
    });
  });
