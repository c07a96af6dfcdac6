import { expect, it } from "vitest";
import { createLeafQueue } from "../../src/edge/LeafQueue.ts";
import { uniform } from "./fixture.ts";

it("keeps order, and each leaf once, as a list that is searched does", () => {
  const random = uniform(4);
  for (const leaves of [1, 2, 5]) {
    const queue = createLeafQueue(leaves);
    const list: number[] = [];
    for (let turn = 0; turn < 500; turn++) {
      if (random() < 0.55) {
        const leaf = Math.floor(random() * leaves);
        queue.add(leaf);
        if (!list.includes(leaf)) list.push(leaf);
      } else {
        expect(queue.take()).toBe(list.shift() ?? -1);
      }
    }
  }
});
