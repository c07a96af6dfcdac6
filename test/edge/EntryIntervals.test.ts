import { expect, it } from "vitest";
import { createEntryIntervals } from "../../src/edge/EntryIntervals.ts";
import { uniform } from "./fixture.ts";

it("goes back to the mark and to the root as copies of the whole would", () => {
  const random = uniform(9);
  const count = 6;
  const every = Int32Array.from({ length: count }, (_, entry) => entry);
  const intervals = createEntryIntervals(count);
  const now = (): number[] => [...intervals.low, ...intervals.high];
  for (let round = 0; round < 20; round++) {
    const minimum = every.map(() => Math.floor(random() * 10));
    const maximum = minimum.map((value) => value + 1000);
    intervals.start(every, minimum, maximum);
    let marked = now();
    expect(marked).toEqual([...minimum, ...maximum]);
    intervals.setRoot(every);
    let root = now();
    for (let turn = 0; turn < 200; turn++) {
      const chance = random();
      if (chance < 0.7) {
        const entry = Math.floor(random() * count);
        intervals.narrow(entry, intervals.low[entry]! + 1, intervals.high[entry]! - Math.floor(2 * random()));
      } else if (chance < 0.8) {
        intervals.mark();
        marked = now();
      } else if (chance < 0.9) {
        intervals.undo();
        expect(now()).toEqual(marked);
      } else if (chance < 0.95) {
        intervals.backToRoot(every);
        expect(now()).toEqual(root);
        marked = root;
      } else {
        intervals.setRoot(every);
        root = now();
      }
    }
  }
});
