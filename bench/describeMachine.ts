import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const commit = (): string => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: dirname(fileURLToPath(import.meta.url)),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "none";
  }
};

/** What a figure was measured on: processor, cores, Node and commit. */
export const describeMachine = (): string => {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "unknown processor";
  return `${model}, ${cores.length} cores, Node ${process.versions.node}, commit ${commit()}`;
};
