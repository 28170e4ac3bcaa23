import { describe, expect, it } from "vitest";
import { isDatabaseLost } from "./database-lost";
import { AppError, toAppError } from "./errors";

const coded = (code: string, message = "") => Object.assign(new Error(message), { code });

describe("a lost database", () => {
  it.each([
    [
      "the query builder's error about a closed connection",
      new Error("Failed query", { cause: coded("CONNECTION_CLOSED") }),
    ],
    ["a server that shuts down", coded("57P01")],
    ["a server that starts", new Error("Failed query", { cause: coded("57P03") })],
    ["nobody at the address", coded("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5432")],
    ["the other driver's connection that broke", new Error("Connection terminated unexpectedly")],
    ["what was said of it already", new AppError("DATABASE_UNAVAILABLE")],
  ])("is told by %s", (_, error) => {
    expect(isDatabaseLost(error)).toBe(true);
    expect(toAppError(error)).toMatchObject({ code: "DATABASE_UNAVAILABLE", status: 503 });
  });

  it.each([
    ["a broken constraint", new Error("Failed query", { cause: coded("23505") })],
    ["a cancelled statement", coded("57014")],
    [
      "an object store that does not answer",
      new AppError("OBJECT_STORE_UNAVAILABLE", "x", { cause: coded("ECONNREFUSED") }),
    ],
    [
      "an address that `fetch` did not reach",
      new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }),
    ],
    ["no error at all", "ECONNREFUSED"],
  ])("is not told by %s", (_, error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });
});
