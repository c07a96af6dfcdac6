import * as NodeClusterSocket from "@effect/platform-node-shared/NodeClusterSocket";
import * as NodeCrypto from "@effect/platform-node-shared/NodeCrypto";
import { Duration, Effect, Layer, Option, Redacted, Schema } from "effect";
import {
  ClusterWorkflowEngine,
  RunnerAddress,
  RunnerHealth,
  Runners,
  ShardingConfig,
  SocketRunner,
  SqlMessageStorage,
  SqlRunnerStorage,
} from "effect/cluster";
import { RpcSerialization } from "effect/rpc";
import { SqlClient } from "effect/sql";
import type { ClusterFile } from "./ClusterFile.ts";

/** The cluster cannot be joined. */
export class ClusterUnavailable extends Schema.TaggedError<ClusterUnavailable>()("ClusterUnavailable", {
  reason: Schema.String,
}) {
  override get message(): string {
    return this.reason;
  }
}

/** Where a worker listens for the others; none for one that only asks. */
export interface WorkerAddress {
  readonly host: string;
  readonly port: number;
}

/** The connection to the cluster's Postgres. */
export const clusterDatabase = ({ database: at }: ClusterFile) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { PgClient } = yield* Effect.tryPromise({
        try: () => import("@effect/sql-pg"),
        catch: () =>
          new ClusterUnavailable({
            reason: "A cluster needs the package @effect/sql-pg. Install it: npm install @effect/sql-pg",
          }),
      });
      const password = process.env[at.passwordVariable];
      const layer = PgClient.layer({
        host: at.host,
        port: at.port,
        database: at.database,
        username: at.user,
        applicationName: "ordinance",
        ...(password !== undefined && { password: Redacted.make(password) }),
      });
      const unreachable = (cause: { readonly message: string }) =>
        new ClusterUnavailable({
          reason: `Postgres at ${at.host}:${at.port}, database ${at.database}, user ${at.user}, cannot be reached (${cause.message}). Start it, or mend \`database\`; the password is read from ${at.passwordVariable}`,
        });
      // Connections are made when they are needed: what is wrong is to be told now.
      const probe = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT 1`);
      yield* probe.pipe(Effect.provide(layer), Effect.mapError(unreachable));
      return layer.pipe(Layer.orDie);
    }),
  );

/** The workflow engine over the workers of a cluster; with an address this process is one of them. */
export const clusterEngine = (file: ClusterFile, address: WorkerAddress | undefined) => {
  const lostMs = file.lostAfterSeconds * 1000;
  const config = ShardingConfig.layer({
    runnerAddress:
      address === undefined ? Option.none() : Option.some(RunnerAddress.make(address.host, address.port)),
    // A lock that is not renewed in time is the sign that its holder is gone.
    shardLockExpiration: Duration.millis(lostMs),
    shardLockRefreshInterval: Duration.millis(lostMs / 4),
    runnerHealthCheckInterval: Duration.millis(lostMs / 4),
    refreshAssignmentsInterval: Duration.millis(lostMs / 8),
    entityMessagePollInterval: Duration.millis(Math.min(5000, lostMs / 8)),
  });
  const health = RunnerHealth.layerPing.pipe(
    Layer.provide(Runners.layerRpc),
    Layer.provide(NodeClusterSocket.layerClientProtocol),
  );
  const runners =
    address === undefined
      ? SocketRunner.layerClientOnly.pipe(Layer.provide(NodeClusterSocket.layerClientProtocol))
      : SocketRunner.layer.pipe(
          Layer.provide([NodeClusterSocket.layerSocketServer, NodeClusterSocket.layerClientProtocol]),
          Layer.provide(health),
        );
  return ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(runners),
    Layer.provideMerge(SqlMessageStorage.layer),
    Layer.provide(SqlRunnerStorage.layer),
    Layer.provide(config),
    Layer.provide(RpcSerialization.layerNdjson),
    Layer.provide(NodeCrypto.layer),
  );
};
