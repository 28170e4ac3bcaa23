import { AppError } from "@/lib/errors";
import type { JinjaContext } from "./jinja";
import type { Json } from "./schema";

/** The names of dbt's context that are known here; another is an error that names the file. */
export const contextNames = [
  ...["ref", "source", "var", "config", "this", "execute", "target", "model", "is_incremental"],
];

export interface ContextOptions {
  /** The file that is rendered, for errors. */
  file: string;
  project: string;
  vars: Record<string, Json>;
  /** False while dependencies are found, as in dbt; macros that need the model's config then write a placeholder. */
  execute: boolean;
  /** How another model, a source and the node itself are called in SQL. */
  ref: (model: string) => string;
  source: (source: string, table: string) => string;
  this: string;
  /** Told what the file says in `config(…)`. */
  config?: (values: Record<string, unknown>) => void;
  /** What templates read of their own node. */
  model: Record<string, unknown>;
}

/** dbt's context for one model or test. */
export function jinjaContext(options: ContextOptions): JinjaContext {
  const { file, project, vars, execute, model } = options;
  const wrong = (what: string) => new AppError("BAD_INPUT", `${file}: ${what}`, { details: { file } });
  return {
    execute,
    model,
    this: options.this,
    target: { name: "dev", type: "duckdb" },
    is_incremental: () => false,
    ref: (...given: unknown[]) => {
      const [first, second] = given;
      if (
        typeof first !== "string" ||
        given.length > 2 ||
        (given.length === 2 && typeof second !== "string")
      ) {
        throw wrong("ref takes the name of a model, or a package and a model");
      }
      if (typeof second === "string" && first !== project) throw wrong(`there is no package ${first}`);
      return options.ref(typeof second === "string" ? second : first);
    },
    source: (...given: unknown[]) => {
      const [source, table] = given;
      if (typeof source !== "string" || typeof table !== "string" || given.length > 2) {
        throw wrong("source takes the name of a source and of a table");
      }
      return options.source(source, table);
    },
    var: variable(vars, wrong),
    config: (...given: unknown[]) => {
      const [values] = given;
      if (given.length > 1 || typeof values !== "object") throw wrong("config takes named values only");
      options.config?.((values ?? {}) as Record<string, unknown>);
      return "";
    },
  };
}

/** `var(name)` or `var(name, default)`. */
export function variable(vars: Record<string, Json>, wrong: (what: string) => AppError) {
  return (name: unknown, otherwise?: unknown) => {
    if (typeof name === "string" && Object.hasOwn(vars, name)) return vars[name];
    if (otherwise === undefined) throw wrong(`the variable ${String(name)} is not given and has no default`);
    const named = typeof otherwise === "object" && otherwise !== null && "default" in otherwise;
    return named ? otherwise.default : otherwise;
  };
}
