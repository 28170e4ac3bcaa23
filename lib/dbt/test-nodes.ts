import { z } from "zod";
import { AppError } from "@/lib/errors";
import { compileTemplate, type Relations } from "./compile";
import { parseTemplate } from "./parse-template";
import type { DependsOn, Model, Project, TemplateFile } from "./project";
import type { DeclaredTest, Json } from "./schema";
import { checkedWith } from "./yaml";

/** A query that finds what is wrong, of a column, a model or the whole project. */
export interface TestNode {
  /** Unique in the project, as dbt spells it: `not_null_sellers_SELLER_ID`. */
  name: string;
  /** The generic test; null for a singular one. */
  generic: string | null;
  model: string | null;
  column: string | null;
  arguments: Record<string, Json>;
  severity: "error" | "warn";
  file: TemplateFile;
  dependsOn: DependsOn;
}

const testConfig = z.strictObject({
  severity: z.enum(["error", "warn"]).default("error"),
  where: z.string().optional(),
});

/**
 * Every test of the project, generic ones first, in the order of the models' names.
 * @throws AppError BAD_INPUT for a test that nobody defines, or arguments that do not fit
 */
export function listTests(project: Project): TestNode[] {
  const models = [...project.models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const generic = models.flatMap((model) => [
    ...model.tests.map((test) => genericTest(project, model, null, test)),
    ...model.columns.flatMap(({ name, data_tests }) =>
      data_tests.map((test) => genericTest(project, model, name, test)),
    ),
  ]);
  return unique([...generic, ...project.singularTests.map((file) => singularTest(project, file))]);
}

/** The test's query: a row for each thing that is wrong. */
export function compileTest(project: Project, test: TestNode, relations: Relations): string {
  return compileTemplate(project, test.file, test.dependsOn, relations, {
    this: test.name,
    model: { name: test.name, resource_type: "test" },
  });
}

function genericTest(
  project: Project,
  model: Model,
  column: string | null,
  declared: DeclaredTest,
): TestNode {
  const [generic, given] =
    typeof declared === "string" ? [declared, {}] : (Object.entries(declared)[0] ?? ["", {}]);
  const place = `${model.schemaPath}: ${model.name}${column ? `.${column}` : ""}: ${generic}`;
  if (!project.macros.names.has(`test_${generic}`)) {
    throw new AppError(
      "BAD_INPUT",
      `${place}: there is no such test. Write it in tests/generic/${generic}.sql.`,
    );
  }
  const { config, arguments: named, ...others } = given as Record<string, Json>;
  const { severity, where } = checkedWith(testConfig, config ?? {}, `${place}: config`);
  const own = { ...others, ...(typeof named === "object" && !Array.isArray(named) ? named : {}) };
  const subject = `ref('${model.name}')`;
  const call = [
    `model=${where ? `'(select * from ' ~ ${subject} ~ ${literal(` where ${where}) as tested`)}` : subject}`,
    ...(column ? [`column_name=${literal(column)}`] : []),
    ...Object.entries(own).map(([name, value]) => `${name}=${literal(value)}`),
  ];
  const file = {
    name: testName(generic, model.name, { ...own, ...(column ? { column_name: column } : {}) }),
    path: place,
    text: `{{ test_${generic}(${call.join(", ")}) }}`,
  };
  const { dependsOn } = parseTemplate(file, project);
  return { name: file.name, generic, model: model.name, column, arguments: own, severity, file, dependsOn };
}

function singularTest(project: Project, file: TemplateFile): TestNode {
  const { dependsOn, config } = parseTemplate(file, project);
  const { severity } = checkedWith(testConfig.omit({ where: true }), config, `${file.path}: config(…)`);
  const { name } = file;
  return { name, generic: null, model: null, column: null, arguments: {}, severity, file, dependsOn };
}

/** A value of YAML as Jinja writes it; text that calls `ref`, `source` or `var` is the call, as in dbt. */
function literal(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value === null) return "none";
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, part]) => `${literal(key)}: ${literal(part)}`)
      .join(", ")}}`;
  }
  if (typeof value !== "string") return String(value);
  return /^(ref|source|var)\(.*\)$/.test(value) ? value : `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/** As dbt spells it: the arguments in the order of their names. dbt cuts what is over 64 characters; here it stays. */
function testName(generic: string, model: string, given: Record<string, Json>): string {
  const values = Object.entries(given)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => wordsOf(value));
  return `${generic}_${model}_${values.join("__")}`;
}

function wordsOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(wordsOf);
  return [String(value).replace(/[^0-9A-Za-z_]+/g, "_")];
}

function unique(tests: TestNode[]): TestNode[] {
  const seen = new Set<string>();
  for (const { name, file } of tests) {
    if (seen.has(name)) throw new AppError("BAD_INPUT", `${file.path}: the test ${name} is declared twice.`);
    seen.add(name);
  }
  return tests;
}
