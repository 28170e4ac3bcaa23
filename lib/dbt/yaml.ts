import { parse, YAMLParseError } from "yaml";
import type { z } from "zod";
import { AppError } from "@/lib/errors";

/**
 * A YAML file as the schema wants it. Read by the rules of YAML 1.1 (`no` is false), which are dbt's.
 * @throws AppError BAD_INPUT naming the file and the path or line of each problem
 */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = parse(text, { version: "1.1", maxAliasCount: -1 }) ?? {};
  } catch (thrown) {
    const what = thrown instanceof YAMLParseError ? thrown.message.split("\n")[0] : String(thrown);
    throw new AppError("BAD_INPUT", `${file}: ${what}`, { details: { file }, cause: thrown });
  }
  return checkedWith(schema, content, file);
}

/**
 * `value` as the schema wants it.
 * @throws AppError BAD_INPUT that begins with `place` and lists every problem
 */
export function checkedWith<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new AppError("BAD_INPUT", `${place} is not as it should be:\n${problems.slice(0, 20).join("\n")}`, {
    details: { place, problems: problems.slice(0, 20) },
  });
}
