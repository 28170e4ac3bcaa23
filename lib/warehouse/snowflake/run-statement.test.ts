import { describe, expect, it } from "vitest";
import { queryTag, statementHash } from "./run-statement";

describe("a statement", () => {
  it("has a hash of its own for every text and value", () => {
    const hashes = [
      statementHash("SELECT ?", [1]),
      statementHash("SELECT ?", ["1"]),
      statementHash("SELECT ?", []),
      statementHash("SELECT ? ", [1]),
      statementHash("SELECT ?, ?", ["a", "b"]),
      statementHash("SELECT ?, ?", ["a,b"]),
      statementHash("SELECT ?", [null]),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(statementHash("SELECT ?", [1])).toBe(hashes[0]);
  });

  it("is tagged with who asks, within what the service takes", () => {
    const context = { user: "u", conversation: "c", run: "r" };
    expect(JSON.parse(queryTag(context))).toEqual(context);
    expect(JSON.parse(queryTag({ ...context, approval: "a" }))).toEqual({ ...context, approval: "a" });
    const long = queryTag({ ...context, user: "é".repeat(5000), approval: '"'.repeat(5000) });
    expect(long.length).toBeLessThan(2000);
    expect(JSON.parse(long)).toMatchObject({ run: "r" });
    expect(JSON.parse(queryTag())).toEqual({ app: "agentic-feature-mart" });
  });
});
