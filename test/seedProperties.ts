import fc from "fast-check";

/** Property tests draw the same cases on every machine; `ORDINANCE_SEED=7 npx vitest run` draws others. */
fc.configureGlobal({ seed: Number(process.env["ORDINANCE_SEED"] ?? 20_161) });
