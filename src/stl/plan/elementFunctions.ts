/** Values and derivatives of the functions that are applied sample by sample. */

export type BinaryKind =
  | "add"
  | "subtract"
  | "above"
  | "multiply"
  | "divide"
  | "power"
  | "equal"
  | "differ"
  | "sameDistance"
  | "otherDistance";

export const binaryValue = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
      return a + b;
    case "subtract":
    case "above":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return a / b;
    case "power":
      return a ** b;
    case "equal":
    case "sameDistance":
      return -Math.abs(a - b);
    case "differ":
    case "otherDistance":
      return Math.abs(a - b);
  }
};

export const leftDerivative = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
    case "subtract":
    case "above":
      return 1;
    case "multiply":
      return b;
    case "divide":
      return 1 / b;
    case "power":
      return b * a ** (b - 1);
    case "equal":
    case "sameDistance":
      return -Math.sign(a - b);
    case "differ":
    case "otherDistance":
      return Math.sign(a - b);
  }
};

export const rightDerivative = (kind: BinaryKind, a: number, b: number): number => {
  switch (kind) {
    case "add":
      return 1;
    case "multiply":
      return a;
    case "divide":
      return -a / (b * b);
    case "power":
      return a ** b * Math.log(a);
    case "subtract":
    case "above":
    case "equal":
    case "differ":
    case "sameDistance":
    case "otherDistance":
      return -leftDerivative(kind, a, b);
  }
};

export type UnaryKind = "negate" | "abs" | "sqrt" | "exp" | "ln";

export const unaryValue = (kind: UnaryKind, a: number): number => {
  switch (kind) {
    case "negate":
      return -a;
    case "abs":
      return Math.abs(a);
    case "sqrt":
      return Math.sqrt(a);
    case "exp":
      return Math.exp(a);
    case "ln":
      return Math.log(a);
  }
};

export const unaryDerivative = (kind: UnaryKind, a: number): number => {
  switch (kind) {
    case "negate":
      return -1;
    case "abs":
      return Math.sign(a);
    case "sqrt":
      return 0.5 / Math.sqrt(a);
    case "exp":
      return Math.exp(a);
    case "ln":
      return 1 / a;
  }
};
