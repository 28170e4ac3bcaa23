import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { AppError } from "@/lib/errors";
import { unknownNames } from "./jinja-names";

type Program = ReturnType<typeof parse>;

/** The macros of a project's files, to be called from its templates. */
export type Macros = { names: Set<string>; body: Program["body"] };

/** What a template can call and read. A function is given its positional arguments, and its named ones as a last object. */
export type JinjaContext = Record<string, unknown>;

/** What Jinja itself knows, in dbt as here. */
const globals = { true: true, false: false, none: null, True: true, False: false, None: null, range };

/**
 * The macros of several files; each may call all of them.
 * @param context names that dbt gives to every macro
 * @throws AppError BAD_INPUT naming the file, for broken Jinja and for names that are not known here
 */
export function readMacros(files: { path: string; text: string }[], context: Iterable<string>): Macros {
  const programs = files.map(({ path, text }) => ({ path, program: parsed(text, path) }));
  const body = programs.flatMap(({ program }) => program.body.filter(({ type }) => type === "Macro"));
  const names = new Set(body.map((macro) => nameOf(macro)));
  for (const { path, program } of programs) refuseUnknown(program, path, [...context, ...names]);
  return { names, body };
}

/**
 * Renders a template as dbt would, white space included.
 * @throws AppError BAD_INPUT naming the file, for broken Jinja, for names that are not known here and for what fails in a macro
 */
export function renderJinja(text: string, file: string, macros: Macros, context: JinjaContext): string {
  const program = parsed(text, file);
  refuseUnknown(program, file, [...Object.keys(context), ...macros.names]);
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...globals, ...context })) {
    environment.set(name, typeof value === "function" ? callable(value as Called) : value);
  }
  program.body = [...macros.body, ...program.body];
  try {
    return String(new Interpreter(environment).run(program).value);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw broken(file, thrown);
  }
}

type Called = (...given: unknown[]) => unknown;

/** The interpreter hands over its own values, nested ones wrapped. */
function callable(call: Called): Called {
  return (...given) => call(...given.map(plain));
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [key, plain(part)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" && value !== null && "value" in value
    ? (plain(value.value) ?? null)
    : value;
}

function parsed(text: string, file: string): Program {
  try {
    return parse(tokenize(text));
  } catch (thrown) {
    throw broken(file, thrown);
  }
}

function refuseUnknown(program: Program, file: string, known: Iterable<string>): void {
  const unknown = unknownNames(program, new Set([...Object.keys(globals), ...known]));
  if (unknown.length === 0) return;
  throw new AppError(
    "BAD_INPUT",
    `${file}: Jinja names that are not known here: ${unknown.join(", ")}. Write a macro of that name, or do without.`,
    { details: { file, unknown } },
  );
}

function broken(file: string, thrown: unknown): AppError {
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError("BAD_INPUT", `${file}: the Jinja could not be rendered: ${what.slice(0, 300)}`, {
    details: { file },
    cause: thrown,
  });
}

function nameOf(macro: object): string {
  const name = "name" in macro ? macro.name : null;
  return typeof name === "object" && name !== null && "value" in name ? String(name.value) : "";
}

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const numbers: number[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) numbers.push(at);
  return numbers;
}
