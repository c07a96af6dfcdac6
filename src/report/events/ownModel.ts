/** What the trained models of a run are called among the scores; every other name is a baseline's. */
export const ownModel = { float: "model", ternary: "model, ternary" } as const;

export const isOwnModel = (model: string): boolean => Object.values(ownModel).some((name) => name === model);
