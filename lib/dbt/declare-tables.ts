import { AppError } from "@/lib/errors";
import type { DeclaredFeature, DeclaredTable } from "@/lib/registry";
import { spellFamily } from "./families";
import type { Model, Project } from "./project";
import { columnMetaSchema, type Family } from "./schema";
import { checkedWith } from "./yaml";

export interface Declared {
  tables: DeclaredTable[];
  features: DeclaredFeature[];
  /** Table → columns that promise a null rate below 2 %. */
  promises: Map<string, Set<string>>;
  /** Table → columns whose distribution is expected to change, and with what. */
  moving: Map<string, Map<string, MovesWith>>;
}

type MovesWith = NonNullable<Family["moves_with"]>;

/** What columns say beyond what the registry keeps. */
interface Remarks {
  promised: Set<string>;
  moving: Map<string, MovesWith>;
}

/**
 * What the project's registered models say of themselves: single columns first, then families in their order. By table name.
 * @throws AppError BAD_INPUT where a column is declared twice, or a grain or key names a column that is not declared
 */
export function declareTables(project: Project): Declared {
  const declared: Declared = { tables: [], features: [], promises: new Map(), moving: new Map() };
  for (const model of [...project.models.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const one = declareTable(model);
    if (!one) continue;
    declared.tables.push(one.table);
    declared.features.push(...one.features);
    declared.promises.set(one.table.name, one.promised);
    declared.moving.set(one.table.name, one.moving);
  }
  return declared;
}

/** The table that a registered model becomes; null for another model. */
export function declareTable(model: Model) {
  if (!model.table) return null;
  const { event_time, created_time, ttl_seconds, families, ...meta } = model.table;
  const table: DeclaredTable = {
    ...{ name: tableName(model), description: model.description, entity: meta.entity, kind: meta.kind },
    ...{
      grain: meta.grain,
      keys: meta.keys.map(({ role, ...key }) => ({ ...key, ...(role ? { role } : {}) })),
    },
    ...(event_time ? { eventTime: event_time } : {}),
    ...(created_time ? { createdTime: created_time } : {}),
    ...(ttl_seconds ? { ttlSeconds: ttl_seconds } : {}),
    owner: meta.owner,
    synonyms: meta.synonyms,
  };
  const remarks: Remarks = { promised: new Set(), moving: new Map() };
  const features = [...singles(model, table, remarks), ...ofFamilies(model, table, families, remarks)];
  checkNames(model, table, features);
  return { table, features, ...remarks };
}

/** A registered table has its model's name in capitals. */
export function tableName({ name }: Pick<Model, "name">): string {
  return name.toUpperCase();
}

function singles(model: Model, table: DeclaredTable, remarks: Remarks): DeclaredFeature[] {
  return model.columns.map(({ name, description, config }) => {
    const place = `${model.schemaPath}: models.${model.name}.columns.${name}.config.meta`;
    const meta = checkedWith(columnMetaSchema, config?.meta ?? {}, place);
    if (meta.promise) remarks.promised.add(name);
    const movesWith = meta.moves_with ?? model.table?.moves_with;
    if (movesWith) remarks.moving.set(name, movesWith);
    return {
      ...{ table: table.name, name, description, type: meta.type },
      ...(meta.unit ? { unit: meta.unit } : {}),
      ...(meta.window ? { windowDays: meta.window } : {}),
      ...(meta.aggregation ? { aggregation: meta.aggregation } : {}),
      ...(meta.weight ? { weight: meta.weight } : {}),
      ...(meta.derived ? { derived: meta.derived } : {}),
      family: meta.family ?? (meta.is_key ? "key" : "profile"),
      ...{ isKey: meta.is_key, pii: meta.pii, owner: meta.owner ?? table.owner },
    };
  });
}

function ofFamilies(
  model: Model,
  table: DeclaredTable,
  families: NonNullable<Model["table"]>["families"],
  remarks: Remarks,
): DeclaredFeature[] {
  const place = `${model.schemaPath}: models.${model.name}`;
  return families.flatMap((family) => {
    const movesWith = family.moves_with ?? model.table?.moves_with;
    return spellFamily(family, place).map((feature) => {
      if (family.promise) remarks.promised.add(feature.name);
      if (movesWith) remarks.moving.set(feature.name, movesWith);
      return {
        ...feature,
        ...{ table: table.name, isKey: false, pii: family.pii, owner: family.owner ?? table.owner },
      };
    });
  });
}

function checkNames(model: Model, table: DeclaredTable, features: DeclaredFeature[]): void {
  const place = `${model.schemaPath}: models.${model.name}`;
  const seen = new Set<string>();
  for (const { name } of features) {
    // The engine does not tell capitals from small letters.
    const key = name.toLowerCase();
    if (seen.has(key)) throw new AppError("BAD_INPUT", `${place}: the column ${name} is declared twice.`);
    seen.add(key);
  }
  const names = new Set(features.map(({ name }) => name));
  const used = [
    ...table.grain,
    ...table.keys.flatMap(({ columns }) => columns),
    table.eventTime,
    table.createdTime,
  ];
  for (const name of [...used, ...features.map(({ weight }) => weight)]) {
    if (name !== undefined && !names.has(name)) {
      throw new AppError(
        "BAD_INPUT",
        `${place}: the grain, a key, a time or a weight names ${name}, which is not declared.`,
      );
    }
  }
}
