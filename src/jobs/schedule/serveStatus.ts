import { Effect, Ref, Schema } from "effect";
import { PrometheusMetrics } from "effect/observability";
import { createServer } from "node:http";
import type { ScheduleStatus } from "./ScheduleStatus.ts";

/** Nothing can listen on the port. */
export class PortRefused extends Schema.TaggedError<PortRefused>()("PortRefused", {
  port: Schema.Number,
  reason: Schema.String,
}) {
  override get message(): string {
    return `Health and metrics cannot be served on 127.0.0.1:${this.port} (${this.reason}). Give another http.port, or leave it out`;
  }
}

/**
 * Serves, on the loopback address and until the scope closes, `/health` (JSON; 503 where the newest instant of a schedule
 * failed) and `/metrics` (Prometheus text). Gives the port, which the system chooses for 0.
 */
export const serveStatus = Effect.fn("serveStatus")(function* (
  port: number,
  statuses: readonly Ref.Ref<ScheduleStatus | undefined>[],
) {
  const context = yield* Effect.context();
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    // Not by URL, which throws at what anyone may ask for, such as "//".
    const [pathname] = request.url!.split("?", 1);
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(405, "text/plain", "GET alone\n");
    } else if (pathname === "/health") {
      const schedules = statuses
        .map((each) => Effect.runSync(Ref.get(each)))
        .filter((each) => each !== undefined);
      const failing = schedules.some(({ failuresInARow }) => failuresInARow > 0);
      const body = { status: failing ? "failing" : "ok", schedules };
      answer(failing ? 503 : 200, "application/json", `${JSON.stringify(body)}\n`);
    } else if (pathname === "/metrics") {
      const body = PrometheusMetrics.formatUnsafe(context);
      answer(200, "text/plain; version=0.0.4; charset=utf-8", body);
    } else {
      answer(404, "text/plain", "There are /health and /metrics.\n");
    }
  });
  yield* Effect.acquireRelease(
    Effect.callback<void, PortRefused>((resume) => {
      server.once("error", (error) => resume(Effect.fail(new PortRefused({ port, reason: error.message }))));
      server.listen(port, "127.0.0.1", () => resume(Effect.void));
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void));
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
});
