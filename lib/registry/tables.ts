/** The version of these tables. A mart built by another version is built again. */
export const registryFormat = 3;

/**
 * In the mart's own file, beside the feature tables; a warehouse service has the same tables for all its builds together, told
 * apart by {@link buildColumns}. Lists are stored as JSON text, which every warehouse has.
 */
export const registryTables = {
  MART_INFO: {
    NAME: "VARCHAR",
    TITLE: "VARCHAR",
    STAMP: "VARCHAR",
    AS_OF: "VARCHAR",
    BUILDER_VERSION: "BIGINT",
    CONTENT_HASH: "VARCHAR",
  },
  ENTITY_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    ENTITY: "VARCHAR",
    PLURAL: "VARCHAR",
    SYNONYMS: "VARCHAR",
  },
  TABLE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    ENTITY: "VARCHAR",
    KIND: "VARCHAR",
    GRAIN: "VARCHAR",
    KEYS: "VARCHAR",
    EVENT_TIME: "VARCHAR",
    CREATED_TIME: "VARCHAR",
    TTL_SECONDS: "BIGINT",
    ROW_COUNT: "BIGINT",
    OWNER: "VARCHAR",
    SYNONYMS: "VARCHAR",
  },
  FEATURE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    FEATURE_NAME: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    DATA_TYPE: "VARCHAR",
    UNIT: "VARCHAR",
    WINDOW_DAYS: "BIGINT",
    AGGREGATION: "VARCHAR",
    WEIGHT_COLUMN: "VARCHAR",
    DERIVED: "VARCHAR",
    FAMILY: "VARCHAR",
    IS_KEY: "BOOLEAN",
    IS_PII: "BOOLEAN",
    OWNER: "VARCHAR",
    NULL_RATE: "DOUBLE",
    DISTINCT_COUNT: "BIGINT",
    MIN_VALUE: "VARCHAR",
    MAX_VALUE: "VARCHAR",
  },
  REQUEST_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TITLE: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    ENTITY: "VARCHAR",
    SELECTIONS: "VARCHAR",
  },
  VALUE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    COLUMN_NAME: "VARCHAR",
    VALUE: "VARCHAR",
    FREQUENCY: "BIGINT",
    ALIASES: "VARCHAR",
  },
} as const;

export type RegistryTable = keyof typeof registryTables;

/** The names of the registry's own tables; a mart's tables must not use them. */
export const registryTableNames: readonly string[] = Object.keys(registryTables);

/** Where tables hold several builds' rows: whose a row is. */
export const buildColumns = { MART: "VARCHAR", BUILD: "VARCHAR" } as const;
