/** Whole numbers from a seed: xorshift over 32 bits, so that a run can be repeated from its number. */
export type Choose = (below: number) => number;

/** @returns a chooser of whole numbers in [0, below). */
export const chooser = (seed: number): Choose => {
  // Neighbouring seeds are spread, and zero, where the shifts would stand still, is left out.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const words = (
  "x y speed no2 a.b G F H O U S W X Y always eventually once historically next prev s_next s_prev until release " +
  "unless since triggers and or implies iff xor not ! -> <-> && || ( ) [ ] { } , ; : < <= > >= == != !== = + - * / " +
  "^ % 0 1 2.5 .5 1e3 1e400 1e-400 5min 1h30min 0.1s 1h1h1h inf true false forall exists atleast atmost exactly in " +
  "where over sensors near( tag( mean( count( min( max( abs( sqrt( exp( ln( log( pow( clamp( delta( lag( rollmean( " +
  "rise( fall( hour() between( x[s] x[ 80% [0,5] [1:inf] (0,2] [5,1] \"text\" 'a name' \" ' // # /* */ km/h ug/m3 " +
  "samples percent import spec sampling signal param group let require range missing hold unknown learnable real int " +
  'days on( "2026-12-25" severity weight tags scale owner because at as union intersect except irregular linear tolerance'
).split(" ");
const characters = [
  "\0", "\ud800", "\udc00", "\ufeff", "\r\n", "\r", "\n", "\t", " ", "\u00a0", "\u2028", "\\", "§", "µ", "³", "é",
  "ß", "日", "💥", "👩‍👧", "e\u0301", "_", ".", "..", "$", "@", "`", "~", "?", "|", "&", "9".repeat(40),
]; // prettier-ignore

const pick = <T>(choose: Choose, from: readonly T[]): T => from[choose(from.length)] as T;

const number = (choose: Choose): string => pick(choose, ["0", "1", "2", "3.5", "0.25", "7", "40", "1e2"]);

const interval = (choose: Choose): string => {
  const lower = choose(4);
  const unit = pick(choose, ["", "", "", "s", " samples"]);
  const upper = choose(8) === 0 ? "inf" : `${lower + choose(4)}${unit}`;
  return choose(3) === 0 ? "" : `[${lower}${unit}, ${upper}]`;
};

const expression = (choose: Choose, depth: number): string => {
  if (depth <= 0) return choose(3) === 0 ? number(choose) : pick(choose, ["x", "y", "z", "'a name'"]);
  const inner = (): string => expression(choose, depth - 1 - choose(2));
  switch (choose(9)) {
    case 0:
    case 1:
      return `${inner()} ${pick(choose, ["+", "-", "*", "/", "^"])} ${inner()}`;
    case 2:
      return `-${inner()}`;
    case 3:
      return `${pick(choose, ["min", "max"])}(${inner()}, ${inner()}, ${inner()})`;
    case 4:
      return `${pick(choose, ["abs", "sqrt", "exp", "ln", "delta"])}(${inner()})`;
    case 5:
      return `${pick(choose, ["lag", "rollmean"])}(${inner()}, ${1 + choose(3)} samples)`;
    case 6:
      return `clamp(${inner()}, 0, 5)`;
    default:
      return `(${inner()})`;
  }
};

/** A formula that the parser should mostly take, over the signals x, y, z and `a name`. */
export const formula = (choose: Choose, depth: number): string => {
  const inner = (): string => formula(choose, depth - 1 - choose(2));
  if (depth <= 0) {
    const relation = pick(choose, ["<", "<=", ">", ">=", "==", "!="]);
    return `${expression(choose, choose(3))} ${relation} ${expression(choose, choose(2))}`;
  }
  switch (choose(8)) {
    case 0:
      return `${pick(choose, ["not", "!", "next", "prev", "s_next", "s_prev"])} (${inner()})`;
    case 1:
    case 2:
      return `${pick(choose, ["always", "eventually", "once", "historically"])}${interval(choose)} (${inner()})`;
    case 3:
      return `(${inner()}) ${pick(choose, ["until", "release", "unless", "since", "triggers"])}${interval(choose)} (${inner()})`;
    case 4:
    case 5:
      return `${inner()} ${pick(choose, ["and", "or", "implies", "iff", "xor", "->", "&&", "||"])} ${inner()}`;
    case 6:
      return `${pick(choose, ["rise", "fall"])}(${inner()})`;
    default:
      return `(${inner()})`;
  }
};

/** The same operators in the letters of rtamt. */
export const rtamtFormula = (choose: Choose, depth: number): string =>
  formula(choose, depth)
    .replaceAll("always", "G")
    .replaceAll("eventually", "F")
    .replaceAll("until", "U")
    .replaceAll("since", "S");

const item = (choose: Choose): string => {
  const name = `n${choose(6)}`;
  const unit = pick(choose, ["km/h", "ug/m3", "percent", "veh/h", "1", "degC"]);
  switch (choose(10)) {
    case 0:
      return `import "other.stl"${choose(2) === 0 ? "" : ` as ${name}`};`;
    case 1:
      return `spec ${name} "A title" { version = 1; }`;
    case 2:
      return `sampling ${pick(choose, ["5min", "1h tolerance 10%", "irregular hold"])};`;
    case 3:
      return `signal ${name}, x : real in ${unit} range [-5, 40] missing ${pick(choose, ["unknown", "hold", "hold 2h"])};`;
    case 4:
      return `param ${name} : real in min = 20min range [5min, 1h]${choose(2) === 0 ? "" : " learnable"};`;
    case 5:
      return pick(choose, [
        `sensors ${name} = { a, 12, 'b c' };`,
        `group ${name} = tag("school") union (near(a, 3 km) except n1);`,
      ]);
    case 6:
      return `days ${name} = { "2026-12-25", "2026-07-01/2026-08-31" };`;
    case 7:
      return `let ${name}(s) = ${formula(choose, choose(3))};`;
    default:
      return (
        `require ${name} (severity = major, weight = 2, tags = ["air"], scale = 5 ${unit}, because = "so") :\n` +
        `  forall s in sensors where s != a : ${formula(choose, choose(4))};`
      );
  }
};

/** A file that the parser should mostly take. */
export const specText = (choose: Choose): string =>
  Array.from({ length: 1 + choose(5) }, () => item(choose)).join(choose(2) === 0 ? "\n" : "\r\n");

/** Words and odd characters in no order. */
export const noise = (choose: Choose): string => {
  const joint = pick(choose, ["", " ", "\n"]);
  return Array.from({ length: choose(30) }, () => pick(choose, choose(4) === 0 ? characters : words)).join(
    joint,
  );
};

/** The text with a few stretches dropped, doubled, repeated, moved, cut off or written over. */
export const mutate = (choose: Choose, text: string, other: string): string => {
  let mutated = text;
  for (let edits = 1 + choose(4); edits > 0; edits--) {
    const from = choose(mutated.length + 1);
    const to = Math.min(mutated.length, from + choose(choose(4) === 0 ? 60 : 6));
    const [before, within, after] = [mutated.slice(0, from), mutated.slice(from, to), mutated.slice(to)];
    switch (choose(9)) {
      case 0:
        mutated = before + after;
        break;
      case 1:
        mutated = before + within + within + after;
        break;
      case 2:
        mutated = before + within.repeat(choose(40) === 0 ? 300 : 4) + after;
        break;
      case 3:
        mutated = within + before + after;
        break;
      case 4:
        mutated = choose(4) === 0 ? before : before + other.slice(choose(other.length + 1));
        break;
      case 5:
        mutated = before + String.fromCharCode(choose(choose(2) === 0 ? 128 : 65536)) + after;
        break;
      case 6:
        mutated = before + pick(choose, characters) + after;
        break;
      default:
        mutated = `${before} ${pick(choose, words)} ${after}`;
    }
  }
  return mutated;
};
