// npm run experiment -- NAME [options]: runs one experiment, which prints its table.

const experiments: Readonly<
  Record<string, () => Promise<{ readonly run: (words: string[]) => Promise<void> }>>
> = {
  kills: async () => ({ run: (await import("./kills/runKills.ts")).runKills }),
  replay: async () => ({ run: (await import("./replay/runReplay.ts")).runReplay }),
  embeddings: async () => ({ run: (await import("./embeddings/runEmbeddings.ts")).runEmbeddings }),
  rules: async () => ({ run: (await import("./rules/runRules.ts")).runRules }),
  lightrnn: async () => ({ run: (await import("./lightrnn/runLightrnn.ts")).runLightrnn }),
  stlnet: async () => ({ run: (await import("./stlnet/runStlnet.ts")).runStlnet }),
};

const [name = "", ...words] = process.argv.slice(2);
const load = experiments[name];
if (load === undefined) {
  const known = Object.keys(experiments).join(", ");
  console.error(`There is no experiment ${JSON.stringify(name)}: give one of ${known}.`);
  process.exitCode = 2;
} else {
  const { run } = await load();
  await run(words);
}
