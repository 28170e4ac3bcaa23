import { nearest } from "@/lib/feature-set/nearest";
import type { AllowedTable } from "./index";
import { refusal } from "./refusal";

/** CTEs that are visible at one place of a statement, as the dialect compares names. */
export type VisibleCtes = ReadonlySet<string>;

/** Judges the names in FROM of one statement, and remembers which tables they were. */
export function tableJudge(allowed: readonly AllowedTable[], fold: (name: string) => string) {
  const known = new Map(allowed.map(({ name }) => [fold(name), name]));
  const used = new Set<string>();
  return {
    used,
    /** @throws AppError SQL_REFUSED where it is neither a visible CTE nor an allowed table */
    judge(name: string, qualifiers: string[], ctes: VisibleCtes, at?: number): void {
      const where = at === undefined ? {} : { at };
      if (qualifiers.length > 0) {
        throw refusal(
          "table",
          "qualified name",
          `${quoted([...qualifiers, name].join("."))} names a schema. Only this mart's own tables can be read: write their names alone.`,
          { table: [...qualifiers, name].join("."), ...where },
        );
      }
      if (ctes.has(fold(name))) return;
      const table = known.get(fold(name));
      if (table !== undefined) {
        used.add(table);
        return;
      }
      const near = nearest(
        name,
        allowed.map((one) => one.name),
      );
      throw refusal("table", "unknown table", `This mart has no table ${quoted(name)}. ${hint(name, near)}`, {
        table: name,
        candidates: near,
        ...where,
      });
    },
  };
}

function hint(name: string, [nearest, ...others]: string[]): string {
  if (nearest === undefined) return "Look its tables up first, for instance by asking which there are.";
  // Only where capitals count can two names differ by them alone.
  if (nearest.toLowerCase() === name.toLowerCase()) return `Write "${nearest}", with its double quotes.`;
  return `Did you mean ${[nearest, ...others].join(", ")}?`;
}

/** Told to a person, so no longer than a name is. */
export function quoted(name: string): string {
  return `“${name.length > 80 ? `${name.slice(0, 80)}…` : name}”`;
}
