import type { z } from "zod";
import { AppError } from "@/lib/errors";

/**
 * A request's body, read and checked. `limit` is in characters.
 * @throws AppError BAD_INPUT
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>, limit: number): Promise<T> {
  const text = await request.text();
  if (text.length > limit) throw new AppError("BAD_INPUT", "The request is too large.");
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) throw new AppError("BAD_INPUT", undefined, { cause: parsed.error });
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_INPUT", undefined, { cause });
  }
}
