import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { logLine } from "@/lib/log";

const line = (fields: Record<string, unknown>, secrets: string[] = []) =>
  JSON.parse(logLine("info", "run failed", fields, secrets));

describe("a log line", () => {
  it("is one JSON object with level, time, event and the fields", () => {
    const text = logLine("warn", "run resumed", { runId: "r1", count: 3n, note: "two\nlines" }, []);
    expect(text).not.toContain("\n");
    expect(JSON.parse(text)).toMatchObject({
      level: "warn",
      event: "run resumed",
      runId: "r1",
      count: "3",
      note: "two\nlines",
    });
    expect(Date.parse(JSON.parse(text).time)).not.toBeNaN();
  });

  it("tells an error with its chain of causes", () => {
    const driver = new TypeError("socket closed");
    const query = new Error("query failed", { cause: driver });
    const error = new AppError("DATABASE_UNAVAILABLE", undefined, { cause: query, details: { tries: 3 } });
    expect(line({ error }).error).toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      details: { tries: 3 },
      cause: { message: "query failed", cause: { name: "TypeError", message: "socket closed" } },
    });
  });

  it("keeps secrets out, wherever they stand", () => {
    const told = logLine(
      "error",
      "planner failed",
      {
        apiKey: "whatever",
        url: "postgres://me:hunter2@db.example/app",
        error: new Error("401 for sk-abcDEF123456789, header Bearer eyJ.abc.def", {
          cause: new Error("tried correct-horse-battery"),
        }),
      },
      ["correct-horse-battery"],
    );
    for (const secret of ["whatever", "hunter2", "sk-abcDEF", "eyJ.abc", "correct-horse"]) {
      expect(told).not.toContain(secret);
    }
    expect(told).toContain("db.example");
  });
});

it("keeps out what a failed query was given: a person's words, a matrix's plan", () => {
  const error = new DrizzleQueryError(
    "insert into messages values ($1)",
    ["my words\nand more of them"],
    new Error("gone"),
  );
  const line = logLine("error", "run failed", { error }, []);
  expect(line).toContain("insert into messages");
  expect(line).toContain("gone");
  expect(line).toContain("log.test.ts");
  expect(line).not.toMatch(/my words|more of them/);
});
