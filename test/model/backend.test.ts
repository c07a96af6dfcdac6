import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { afterAll, expect, it } from "vitest";
import { selectBackend } from "../../src/model/backend.ts";

afterAll(async () => {
  await selectBackend();
});

it("names the backend in use and why it was taken", async () => {
  const { name, reason } = await selectBackend();
  expect(tf.getBackend()).toBe(name);
  expect(["tensorflow", "wasm"]).toContain(name);
  expect(reason).toContain("@tensorflow/tfjs-node");
  expect(await selectBackend()).toEqual({ name, reason });
});

it("has the gradient of gather, with repeated, absent and multi-column rows", async () => {
  await selectBackend();
  const gradients = tf.tidy(() => {
    const table = tf.tensor2d([0.3, -1.2, 1.5, 0.2, 9, 9], [3, 2]);
    const rows = tf.tensor1d([0, 1, 0, 0], "int32");
    return [
      ...tf
        .grad((z) => tf.sum(tf.square(tf.gather(z, rows, 0))))(table)
        .dataSync(),
    ];
  });
  // Each visit of a row adds 2 z.
  [1.8, -7.2, 3, 0.4, 0, 0].forEach((value, i) => expect(gradients[i]).toBeCloseTo(value, 5));
});

it("prints nothing", () => {
  const module = fileURLToPath(new URL("../../src/model/backend.ts", import.meta.url));
  const script = `
    import { selectBackend } from ${JSON.stringify(module)};
    import * as tf from "@tensorflow/tfjs";
    await selectBackend();
    tf.tensor1d([1, 2]).square().dataSync();
    await tf.setBackend("cpu");
    tf.tensor1d([1, 2]).square().dataSync();`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { encoding: "utf8", cwd: fileURLToPath(new URL("../..", import.meta.url)) },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});
