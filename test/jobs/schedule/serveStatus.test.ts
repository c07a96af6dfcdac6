import { Effect, Ref } from "effect";
import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { serveStatus } from "../../../src/jobs/schedule/serveStatus.ts";
import type { ScheduleStatus } from "../../../src/jobs/schedule/ScheduleStatus.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ask = (port: number, path: string, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ port, path, method, host: "127.0.0.1" }, (response) => {
      let body = "";
      response.on("data", (part: Buffer) => (body += part.toString()));
      response.on("end", () => resolve({ status: response.statusCode!, body }));
    });
    asked.on("error", reject);
    asked.end();
  });

const status = (failuresInARow: number): ScheduleStatus => ({
  schedule: "hourly",
  next: "2026-11-23T11:00:00.000Z",
  failuresInARow,
});

const whileServing = (
  statuses: readonly (ScheduleStatus | undefined)[],
  use: (port: number) => Promise<void>,
): Promise<void> =>
  Effect.gen(function* () {
    const port = yield* serveStatus(0, yield* Effect.forEach(statuses, (each) => Ref.make(each)));
    yield* Effect.promise(() => use(port));
  }).pipe(Effect.scoped, Effect.runPromise);

describe("serveStatus", () => {
  it("says how every schedule is doing, and that one fails", async () => {
    await whileServing([undefined, status(0)], async (port) => {
      const { body, status: code } = await ask(port, "/health?of=all");
      expect(code).toBe(200);
      expect(JSON.parse(body)).toEqual({ status: "ok", schedules: [status(0)] });
      expect(await ask(port, "/health", "HEAD")).toEqual({ status: 200, body: "" });
    });
    await whileServing([status(0), status(2)], async (port) => {
      const { body, status: code } = await ask(port, "/health");
      expect(code).toBe(503);
      expect(JSON.parse(body)).toMatchObject({ status: "failing" });
    });
  });

  it("answers whatever else is asked for, and goes on", async () => {
    await whileServing([status(0)], async (port) => {
      for (const path of ["/", "//", "/%", "/health/..", "*"]) {
        expect(await ask(port, path)).toEqual({ status: 404, body: "There are /health and /metrics.\n" });
      }
      expect((await ask(port, "/health", "POST")).status).toBe(405);
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end("no HTTP at all\r\n\r\n"));
        socket.on("close", () => resolve());
        socket.resume();
      });
      expect((await ask(port, "/metrics")).status).toBe(200);
    });
  });

  it("says so where the port is taken", async () => {
    await whileServing([], async (port) => {
      await expect(Effect.runPromise(Effect.scoped(serveStatus(port, [])))).rejects.toThrow(
        `Health and metrics cannot be served on 127.0.0.1:${port}`,
      );
    });
  });
});
