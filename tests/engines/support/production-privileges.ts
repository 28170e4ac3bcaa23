/** The names that the document uses. */
interface Names {
  database: string;
  /** Of the registries, with its database. */
  schema: string;
  warehouse: string;
  integration: string;
}

/** What Snowflake asks for each kind of statement that the app hands over, but for what its role owns. */
const kinds: [statement: RegExp, needs: (names: Names) => string[]][] = [
  [/^ALTER SESSION SET /, () => []],
  [/^CREATE (TRANSIENT )?SCHEMA (IF NOT EXISTS )?\S+$/, ({ database }) => [`CREATE SCHEMA ON ${database}`]],
  [/^DROP SCHEMA IF EXISTS \S+__\S+ CASCADE$/, () => []],
  [/^CREATE TABLE IF NOT EXISTS \S+ \(/, ({ schema }) => [`CREATE TABLE ON ${schema}`, `USAGE ON ${schema}`]],
  [/^CREATE TABLE \w+\.\w+__\w+\./, () => []],
  [/^GRANT (USAGE ON|SELECT ON ALL TABLES IN) SCHEMA \S+__\S+ TO ROLE \w+$/, () => []],
  [
    /^COPY INTO '?\S+'?\s/,
    ({ warehouse, integration }) => [`USAGE ON ${warehouse}`, `USAGE ON ${integration}`],
  ],
  [
    /^(SELECT|WITH|INSERT INTO|DELETE FROM)\s/i,
    ({ warehouse, database }) => [`USAGE ON ${warehouse}`, `USAGE ON ${database}`],
  ],
];

/**
 * The privileges that these statements take, as `USAGE ON FEATURE_WH`, sorted.
 * @throws Error for a statement whose privileges nobody has written down
 */
export function privilegesFor(statements: string[], names: Names): string[] {
  const needed = statements.flatMap((statement) => {
    const kind = kinds.find(([form]) => form.test(statement.trim()));
    if (!kind) throw new Error(`Which privileges does this take? ${statement.slice(0, 200)}`);
    return kind[1](names);
  });
  return [...new Set(needed)].sort();
}

/** The privileges that GRANT statements give to the role, in the same form. */
export function privilegesGranted(statements: string[], role: string): string[] {
  return statements
    .flatMap((statement) => {
      const [, what, where, to] = /^GRANT (.+) ON (?:\w+) (\S+) TO ROLE (\w+)$/.exec(statement) ?? [];
      return to !== role ? [] : (what?.split(", ").map((one) => `${one} ON ${where}`) ?? []);
    })
    .sort();
}
