import { registryTableNames } from "@/lib/registry";
import type { ColumnType } from "@/lib/registry/types";
import type { DraftTable, MartDraft } from "./draft";
import { draftError, type Problem } from "./problems";

/**
 * What the shape of a draft cannot say: names that exist, names that are unique, key types that agree.
 * @throws AppError BAD_INPUT, KEY_TYPE_MISMATCH, naming every JSON path that is wrong
 */
export function checkDraft(draft: MartDraft): void {
  const problems = [
    ...repeated(
      draft.tables.map(({ name }) => name),
      (index) => `tables[${index}].name`,
    ),
    ...repeated(
      draft.entities.map(({ name }) => name),
      (index) => `entities[${index}].name`,
    ),
    ...repeated(
      draft.tables.map(({ kind, entity, name }) =>
        kind === "entity" ? entity : `${name} is a feature table`,
      ),
      (index) => `tables[${index}].entity`,
    ),
    ...draft.tables.flatMap((table, index) => checkTable(draft, table, `tables[${index}]`)),
  ];
  if (problems.length > 0) throw draftError(problems);
  const mismatches = keyMismatches(draft);
  if (mismatches.length > 0) throw draftError(mismatches, "KEY_TYPE_MISMATCH");
}

function checkTable(draft: MartDraft, table: DraftTable, at: string): Problem[] {
  const problems: Problem[] = [];
  const derived = table.derived ?? [];
  const names = new Set([...table.columns.map(({ name }) => name), table.rowNumber]);
  const entities = new Set(draft.entities.map(({ name }) => name));
  const need = (path: string, name: string | undefined, of: Set<string | undefined>, what: string) => {
    if (name !== undefined && !of.has(name)) {
      problems.push({ path: `${at}.${path}`, problem: `there is no ${what} ${name}` });
    }
  };
  const own = `column of ${table.name} called`;
  if (registryTableNames.includes(table.name.toUpperCase())) {
    problems.push({ path: `${at}.name`, problem: "the registry's own tables have this name" });
  }
  problems.push(
    ...repeated(
      [...table.columns, ...derived, ...(table.rowNumber ? [{ name: table.rowNumber }] : [])].map(
        ({ name }) => name,
      ),
      (index) =>
        index < table.columns.length
          ? `${at}.columns[${index}].name`
          : index < table.columns.length + derived.length
            ? `${at}.derived[${index - table.columns.length}].name`
            : `${at}.rowNumber`,
    ),
  );
  need("entity", table.entity, entities, "entity");
  for (const [index, name] of table.grain.entries()) need(`grain[${index}]`, name, names, own);
  for (const [index, key] of table.keys.entries()) {
    need(`keys[${index}].entity`, key.entity, entities, "entity");
    for (const [position, name] of key.columns.entries()) {
      need(`keys[${index}].columns[${position}]`, name, names, own);
    }
  }
  for (const path of ["eventTime", "createdTime"] as const) {
    need(path, table[path], names, own);
    const type = typeOf(table, table[path] ?? "");
    if (type && type !== "timestamp" && type !== "date") {
      problems.push({
        path: `${at}.${path}`,
        problem: `${table[path]} is ${type}, not a timestamp or a date`,
      });
    }
  }
  const rules = [
    ...table.columns.map((column, index) => ({ ...column, path: `columns[${index}]` })),
    ...derived.map((feature, index) => ({ ...feature, path: `derived[${index}]` })),
  ];
  for (const { path, weight, aggregation } of rules) {
    need(`${path}.weight`, weight, names, own);
    if (aggregation === "mean_weighted" && !weight) {
      problems.push({ path: `${at}.${path}.weight`, problem: "mean_weighted needs a weight column" });
    }
    if (aggregation === "latest" && !table.eventTime) {
      problems.push({ path: `${at}.${path}.aggregation`, problem: "latest needs the table's eventTime" });
    }
  }
  for (const [index, { name, column: source, pii }] of derived.entries()) {
    const path = `derived[${index}]`;
    need(`${path}.column`, source, new Set(table.columns.map((column) => column.name)), own);
    const type = typeOf(table, source);
    if (type && type !== "integer") {
      problems.push({
        path: `${at}.${path}.column`,
        problem: `${source} is ${type}, and years are counted from an integer`,
      });
    }
    if (!pii && table.columns.some((column) => column.name === source && column.pii)) {
      problems.push({
        path: `${at}.${path}.pii`,
        problem: `${name} is made of ${source}, which is personal, so it is personal too`,
      });
    }
  }
  return problems;
}

/** A key must have the types of its entity's primary key, or it would join nothing. */
function keyMismatches(draft: MartDraft): Problem[] {
  const primaries = new Map<string, { table: DraftTable; columns: string[] }>();
  for (const table of draft.tables.filter(({ kind }) => kind === "entity")) {
    const primary = table.keys.find(({ kind, entity }) => kind === "primary" && entity === table.entity);
    if (primary) primaries.set(table.entity, { table, columns: primary.columns });
  }
  return draft.tables.flatMap((table, tableIndex) =>
    table.keys.flatMap((key, keyIndex) => {
      const primary = primaries.get(key.entity);
      if (!primary || (primary.table === table && key.kind === "primary")) return [];
      const path = `tables[${tableIndex}].keys[${keyIndex}].columns`;
      if (primary.columns.length !== key.columns.length) {
        return [{ path, problem: `the key of ${key.entity} has ${primary.columns.length} columns` }];
      }
      return key.columns.flatMap((name, position) => {
        const target = primary.columns[position] as string;
        const [own, other] = [typeOf(table, name), typeOf(primary.table, target)];
        if (own === other) return [];
        return [
          {
            path: `${path}[${position}]`,
            problem: `${table.name}.${name} is ${own}, but ${primary.table.name}.${target} is ${other}`,
          },
        ];
      });
    }),
  );
}

function typeOf(table: DraftTable, name: string): ColumnType | undefined {
  if (name === table.rowNumber) return "integer";
  return table.columns.find((column) => column.name === name)?.type;
}

function repeated(names: string[], pathOf: (index: number) => string): Problem[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.flatMap((name, index) =>
    lower.indexOf(name.toLowerCase()) === index
      ? []
      : [{ path: pathOf(index), problem: `${name} stands there twice` }],
  );
}
