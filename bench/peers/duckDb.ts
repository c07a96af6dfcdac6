import { createRequire } from "node:module";

/** DuckDB at work in this process, on one thread. */
export interface DuckDb {
  /** Runs a statement and reads its result to the end; gives the rows. */
  readonly run: (sql: string) => Promise<number>;
}

/** The part of @duckdb/node-api that is used; it is no dependency, so its types are not here. */
interface DuckDbPackage {
  readonly DuckDBInstance: {
    create(path: string, options: object): Promise<{ connect(): Promise<DuckDbConnection> }>;
  };
}

interface DuckDbConnection {
  stream(sql: string): Promise<{
    fetchChunk(): Promise<{
      readonly rowCount: number;
      readonly columnCount: number;
      getColumnVector(column: number): unknown;
    } | null>;
  }>;
}

const packageName = "@duckdb/node-api";

/** Opens DuckDB; undefined where no @duckdb/node-api that loads is installed beside this file. */
export const openDuckDb = async (): Promise<DuckDb | undefined> => {
  let duckdb: DuckDbPackage;
  try {
    duckdb = createRequire(import.meta.url)(packageName) as DuckDbPackage;
  } catch {
    return undefined;
  }
  const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  return {
    run: async (sql) => {
      const result = await connection.stream(sql);
      let rows = 0;
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return rows;
        rows += chunk.rowCount;
        // The columns as typed arrays: as far as a program needs them that puts them on a grid.
        for (let column = 0; column < chunk.columnCount; column++) chunk.getColumnVector(column);
      }
    },
  };
};
