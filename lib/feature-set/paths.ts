import { AppError } from "@/lib/errors";
import type { FeatureTable, TableKey } from "@/lib/registry/types";
import type { Catalog } from "./catalog";
import { joinable, type LeftKind, rightKind } from "./joinable";
import type { Cardinality, PathOption } from "./plan";

/** Where a path starts: the spine's table and the keys its rows have. */
export interface PathStart {
  table: string;
  entity: string;
  keys: LeftKey[];
}

export interface LeftKey extends Pick<TableKey, "entity" | "role" | "columns"> {
  kind: LeftKind;
}

export interface Step {
  table: string;
  left: LeftKey;
  right: TableKey;
  to: FeatureTable;
  cardinality: Cardinality;
}

const maxHops = 3;

/**
 * The path from the spine to `target`: the shortest over keys of one entity, at most three hops. Among equally short ones
 * those through entities' own tables are better, because these are what says how entities belong together. `wanted` is
 * the id of a path, and decides where several are left.
 * @throws AppError PATH_MISSING; PATH_AMBIGUOUS with `details.options` ({@link PathOption}[]); FEATURE_SET_INVALID where
 *   there is no path `wanted`
 */
export function choosePath(
  start: PathStart,
  target: FeatureTable,
  catalog: Catalog,
  options: { knownAt: boolean; wanted?: string },
): Step[] {
  const paths = shortestPaths(start, target, catalog, options.knownAt);
  if (paths.length === 0) throw pathMissing(start, target);
  const named = nameOptions(paths);
  if (options.wanted !== undefined) {
    const chosen = named.find(({ option }) => option.id === options.wanted);
    if (chosen) return chosen.path;
    throw new AppError(
      "FEATURE_SET_INVALID",
      `There is no path ${options.wanted} to ${target.name}. There is: ${named.map(({ option }) => option.id).join(", ")}.`,
      { details: { table: target.name, options: named.map(({ option }) => option) } },
    );
  }
  const [first, second] = named;
  if (first && !second) return first.path;
  throw new AppError(
    "PATH_AMBIGUOUS",
    `Several equally good join paths lead to ${target.name}: ${named.map(({ option }) => option.label).join("; ")}. Choose one.`,
    { details: { table: target.name, options: named.map(({ option }) => option) } },
  );
}

function shortestPaths(start: PathStart, target: FeatureTable, catalog: Catalog, knownAt: boolean): Step[][] {
  let frontier: Step[][] = [[]];
  const visited = new Set([start.table]);
  for (let hops = 1; hops <= maxHops; hops++) {
    const longer = frontier.flatMap((path) =>
      nextSteps(path, start, catalog, knownAt).map((step) => [...path, step]),
    );
    const found = longer.filter((path) => path.at(-1)?.to.name === target.name);
    if (found.length > 0) return bestOf(distinct(found));
    // Only steps that reach one row lead on, and a table reached before is never nearer the second time.
    frontier = longer.filter((path) => {
      const last = path.at(-1);
      return last !== undefined && last.cardinality !== "aggregated" && !visited.has(last.to.name);
    });
    for (const path of frontier) visited.add(path.at(-1)?.to.name ?? "");
  }
  return [];
}

function nextSteps(path: Step[], start: PathStart, catalog: Catalog, knownAt: boolean): Step[] {
  const last = path.at(-1);
  const from = last ? last.to.name : start.table;
  const keys: LeftKey[] = last ? last.to.keys : start.keys;
  return catalog.tables.flatMap((to) =>
    to.name === from || to.grain.length === 0
      ? []
      : keys.flatMap((left) =>
          to.keys.flatMap((right): Step[] => {
            if (left.entity !== right.entity || left.columns.length !== right.columns.length) return [];
            const cardinality = joinable[left.kind][rightKind(to, right, knownAt)];
            // Finer tables are aggregated to the spine's own rows, never to those of a table on the way.
            if (cardinality === null || (cardinality === "aggregated" && last)) return [];
            return [{ table: from, left, right, to, cardinality }];
          }),
        ),
  );
}

/** A key declared twice, as primary and as foreign, is still one path. */
function distinct(paths: Step[][]): Step[][] {
  const byColumns = new Map<string, Step[]>();
  for (const path of paths) {
    const columns = JSON.stringify(path.map((step) => [step.left.columns, step.to.name, step.right.columns]));
    const known = byColumns.get(columns);
    if (!known || rank(path) < rank(known)) byColumns.set(columns, path);
  }
  return [...byColumns.values()];
}

/** Where one pair of columns is declared under several kinds, the surest wins. */
function rank(path: Step[]): number {
  const order: Cardinality[] = ["one_to_one", "many_to_one", "point_in_time", "aggregated"];
  return Math.max(...path.map((step) => order.indexOf(step.cardinality)));
}

function bestOf(paths: Step[][]): Step[][] {
  const detours = (path: Step[]) => path.slice(0, -1).filter((step) => step.to.kind !== "entity").length;
  const fewest = Math.min(...paths.map(detours));
  return paths.filter((path) => detours(path) === fewest);
}

function nameOptions(paths: Step[][]): { option: PathOption; path: Step[] }[] {
  const ids = paths.map((path) => path.map(shortName).join(">"));
  return paths
    .map((path, index) => {
      const id = ids[index] ?? "";
      const unique = ids.filter((other) => other === id).length === 1;
      return {
        path,
        option: {
          id: unique ? id : path.map(longName).join(">"),
          label: labelOf(path),
          path: path.map(columnsOf),
        },
      };
    })
    .sort((a, b) => (a.option.id < b.option.id ? -1 : 1));
}

function shortName({ left, right }: Step): string {
  return left.role ?? right.role ?? left.entity;
}

function longName({ left, right, to }: Step): string {
  return `${left.columns.join("+")}=${to.name}.${right.columns.join("+")}`;
}

function labelOf(path: Step[]): string {
  const hops = path.map(({ table, left, to, right }) => {
    return `${table}.${left.columns.join("+")} → ${to.name}.${right.columns.join("+")}`;
  });
  const roles = path.flatMap(({ left, right }) => left.role ?? right.role ?? []);
  return roles.length > 0 ? `${roles.join(", ")} (${hops.join(", ")})` : hops.join(", ");
}

function columnsOf({ table, left, to, right }: Step): PathOption["path"][number] {
  return { from: { table, columns: left.columns }, to: { table: to.name, columns: right.columns } };
}

function pathMissing(start: PathStart, target: FeatureTable): AppError {
  const entities = [...new Set(target.keys.map((key) => key.entity))];
  return new AppError(
    "PATH_MISSING",
    `No join path leads from ${start.entity} (${start.table}) to ${target.name}${
      entities.length > 0 ? `, which has keys of ${entities.join(", ")}` : ", which has no keys"
    }.`,
    { details: { table: target.name, entity: start.entity, spine: start.table, entities } },
  );
}
