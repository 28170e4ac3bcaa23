/** The same statement written otherwise: words in random case, comments and blanks between its tokens. */
export function varySql(sql: string, dialect: "duckdb" | "snowflake", random: () => number): string {
  const tokens = [...sql.matchAll(patterns[dialect])].map(([token]) => token);
  const vary = (token: string) =>
    /^[A-Za-z_]/.test(token) && !token.includes("'") ? inRandomCase(token, random) : token;
  return tokens.map((token) => between(random) + vary(token)).join("") + between(random);
}

/** A number from 0 up to 1 at each call, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const comment = "--[^\\n]*\\n?|/\\*[^]*?\\*/";
const shared =
  '"(?:[^"]|"")*"|```|::|->>|->|=>|<>|!=|<=|>=|\\|\\||\\d+(?:\\.\\d+)?|[A-Za-z_][\\w$]*|\\s+|[^]';
const patterns = {
  duckdb: new RegExp(
    `${comment}|[eE]'(?:[^'\\\\]|''|\\\\[^])*'|'(?:[^']|'')*'|\\$\\$[^]*?\\$\\$|${shared}`,
    "g",
  ),
  snowflake: new RegExp(`${comment}|'(?:[^'\\\\]|''|\\\\[^])*'|\\$\\$[^]*?\\$\\$|${shared}`, "g"),
};

function inRandomCase(word: string, random: () => number): string {
  return [...word].map((letter) => (random() < 0.5 ? letter.toUpperCase() : letter.toLowerCase())).join("");
}

function between(random: () => number): string {
  const chosen = random();
  if (chosen < 0.7) return "";
  const fillings = [
    " ",
    "\n",
    "\t  ",
    "/**/",
    "/* DROP TABLE customers; ' */",
    "-- ' \" ; SELECT\n",
    " \r\n",
  ];
  return fillings[Math.floor(random() * fillings.length)] ?? "";
}
