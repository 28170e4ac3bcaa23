import type { Macros } from "./jinja";
import type { DeclaredTest, Json, SchemaFile, TableMeta } from "./schema";

/** A dbt project as its files say it. Nothing is rendered yet but what YAML needs. */
export interface Project {
  name: string;
  /** The mart's own: a breaking change needs a new major number. */
  version: string;
  directory: string;
  vars: Record<string, Json>;
  /** With the generic tests, dbt's own and the project's, as `test_<name>`. */
  macros: Macros;
  /** By name. */
  models: Map<string, Model>;
  /** By `source.table`. */
  sources: Map<string, Source>;
  /** Singular tests: a query each that finds what is wrong. */
  singularTests: TemplateFile[];
}

/** A file with Jinja in it; the path is from the project's folder. */
export interface TemplateFile {
  name: string;
  path: string;
  text: string;
}

export type Column = SchemaFile["models"][number]["columns"][number];

export interface Model extends TemplateFile {
  /** The YAML file that describes it; null where none does. */
  schemaPath: string | null;
  /** Folders and name, as dbt selects and configures by them. */
  fqn: string[];
  description: string;
  columns: Column[];
  tests: DeclaredTest[];
  dependsOn: DependsOn;
  config: { materialized: "table" | "view"; tags: string[]; meta: Record<string, Json> };
  /** Of a model that becomes a table of the registry; null for the others. */
  table: TableMeta | null;
}

/** Names of models, and of sources as `source.table`. */
export interface DependsOn {
  models: string[];
  sources: string[];
}

export interface Source {
  source: string;
  name: string;
  path: string;
  description: string;
  columns: Column[];
  /** As SQL: a quoted path, or a function call. */
  location: string;
}
