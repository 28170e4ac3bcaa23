import { expect, it, vi } from "vitest";
import { AppError, toAppError } from "./errors";

it("knows an error of another copy of its class, with its code and sentence, and no other error", async () => {
  vi.resetModules();
  const copy = await import("./errors");
  const thrown = new copy.AppError("NOT_FOUND", "There is no such file.", { details: { file: "a" } });
  expect(copy.AppError).not.toBe(AppError);
  expect(thrown).toBeInstanceOf(AppError);
  expect(toAppError(thrown)).toBe(thrown);
  expect(toAppError(thrown)).toMatchObject({ code: "NOT_FOUND", status: 404, details: { file: "a" } });
  for (const other of [new Error("x"), { code: "NOT_FOUND" }, "NOT_FOUND", null, undefined]) {
    expect(other).not.toBeInstanceOf(AppError);
    expect(toAppError(other).code).toBe("INTERNAL");
  }
});
