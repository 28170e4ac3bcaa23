import { AppError } from "@/lib/errors";
import type { Model, Project } from "./project";

/**
 * The models in an order in which each stands after those it refers to; ties by name.
 * @throws AppError BAD_INPUT for a reference to what is not there, and for a cycle, naming its models
 */
export function buildOrder(project: Project): Model[] {
  const ordered: Model[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (model: Model, above: string[]) => {
    if (state.get(model.name) === "done") return;
    const path = [...above, model.name];
    if (state.get(model.name) === "open") {
      const cycle = path.slice(path.indexOf(model.name));
      throw new AppError("BAD_INPUT", `The models refer to each other in a circle: ${cycle.join(" → ")}.`, {
        details: { cycle },
      });
    }
    state.set(model.name, "open");
    for (const name of model.dependsOn.models) visit(modelNamed(project, name, model.path), path);
    for (const name of model.dependsOn.sources) {
      if (project.sources.has(name)) continue;
      throw new AppError(
        "BAD_INPUT",
        `${model.path}: there is no source ${name}. Name it in a sources file.`,
      );
    }
    state.set(model.name, "done");
    ordered.push(model);
  };
  for (const name of [...project.models.keys()].sort()) visit(modelNamed(project, name, name), []);
  return ordered;
}

/**
 * The names of the models that are selected: `name`, `tag:name`, with `+` before for all that it needs and `+` after for all
 * that need it. Nothing to select means all.
 * @throws AppError BAD_INPUT where a selector finds nothing
 */
export function selectModels(
  project: Project,
  { select = [], exclude = [] }: { select?: string[]; exclude?: string[] },
): Set<string> {
  const chosen = new Set(
    select.length === 0 ? project.models.keys() : select.flatMap((one) => found(project, one)),
  );
  for (const one of exclude) for (const name of found(project, one)) chosen.delete(name);
  return chosen;
}

/** All models that `names` need, themselves included. */
function withAncestors(project: Project, names: Iterable<string>): Set<string> {
  return reach(names, (name) => project.models.get(name)?.dependsOn.models ?? []);
}

function found(project: Project, selector: string): string[] {
  const [, before, method, value = "", after] = /^(\+?)(tag:)?([^+]*)(\+?)$/.exec(selector) ?? [];
  const names = method
    ? [...project.models.values()].filter(({ config }) => config.tags.includes(value)).map(({ name }) => name)
    : project.models.has(value)
      ? [value]
      : [];
  if (names.length === 0 && !method) {
    throw new AppError(
      "BAD_INPUT",
      `No model is selected by "${selector}". Models: name, +name, name+ or tag:name.`,
    );
  }
  const above = before ? withAncestors(project, names) : names;
  return [...new Set([...above, ...(after ? withDescendants(project, names) : [])])];
}

function withDescendants(project: Project, names: Iterable<string>): Set<string> {
  const users = new Map<string, string[]>();
  for (const { name, dependsOn } of project.models.values()) {
    for (const used of dependsOn.models) users.set(used, [...(users.get(used) ?? []), name]);
  }
  return reach(names, (name) => users.get(name) ?? []);
}

function reach(names: Iterable<string>, next: (name: string) => string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...next(name));
  }
  return reached;
}

function modelNamed(project: Project, name: string, from: string): Model {
  const model = project.models.get(name);
  if (model) return model;
  throw new AppError("BAD_INPUT", `${from}: there is no model ${name}.`, { details: { model: name } });
}
