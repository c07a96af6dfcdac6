import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Postgres of its own for a test, on a free port of the loopback address. */
export interface ScratchPostgres {
  readonly port: number;
  readonly query: (sql: string) => string;
  readonly stop: () => void;
}

/** Folder of Postgres's programs as Debian and others install them; undefined where there is none. */
export const postgresPrograms = (): string | undefined => {
  const versions = "/usr/lib/postgresql";
  const folders = existsSync(versions)
    ? readdirSync(versions).map((version) => join(versions, version, "bin"))
    : ["/usr/bin", "/usr/local/bin"];
  return folders.find((folder) => existsSync(join(folder, "initdb")));
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** Postgres refuses to run as root: then it runs as the user that its package made. */
const asServer = (program: string, words: readonly string[]): string => {
  const isRoot = process.getuid?.() === 0;
  return isRoot
    ? execFileSync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, ...words], {
        encoding: "utf8",
      })
    : execFileSync(program, words, { encoding: "utf8" });
};

export const startPostgres = async (programs: string): Promise<ScratchPostgres> => {
  const root = mkdtempSync(join(tmpdir(), "ordinance-postgres-"));
  if (process.getuid?.() === 0) {
    const [user, group] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" })),
    );
    chownSync(root, user!, group!);
  }
  const port = await freePort();
  const data = join(root, "data");
  asServer(join(programs, "initdb"), ["-D", data, "-A", "trust", "-U", "tester", "--no-sync"]);
  const options = `-h 127.0.0.1 -p ${port} -k ${root} -c fsync=off`;
  asServer(join(programs, "pg_ctl"), ["-D", data, "-o", options, "-l", join(root, "log"), "-w", "start"]);
  return {
    port,
    query: (sql) =>
      execFileSync(
        join(programs, "psql"),
        ["-h", "127.0.0.1", "-p", String(port), "-U", "tester", "-d", "postgres", "-At", "-c", sql],
        { encoding: "utf8" },
      ).trim(),
    stop: () => {
      asServer(join(programs, "pg_ctl"), ["-D", data, "-m", "immediate", "-w", "stop"]);
      rmSync(root, { recursive: true, force: true });
    },
  };
};
