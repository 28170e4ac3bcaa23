import { describe, expect, it } from "vitest";
import { guardTransport, type HttpClient } from "./transport";

type Change = Parameters<HttpClient["interceptors"]["request"]["use"]>[0];
type Check = Parameters<HttpClient["interceptors"]["response"]["use"]>[0];

function guarded(): { change: Change; check: Check } {
  const found: { change?: Change; check?: Check } = {};
  guardTransport({
    interceptors: {
      request: { use: (change) => (found.change = change) },
      response: { use: (check) => (found.check = check) },
    },
  });
  return found as { change: Change; check: Check };
}

describe("the guarded transport", () => {
  const part = (data: unknown, headers = {}, method = "GET") => ({
    status: 200,
    data,
    config: { method, headers },
  });

  it.each(['["1","a"],["2",null]', '["1","]["]'])("lets the whole part %s pass", (text) => {
    expect(guarded().check(part(text))).toMatchObject({ data: text });
  });

  it.each(["", '["1","a"],["2",nu', '["1","a"],', "<Error/>", '{"a":1}', undefined, {}])(
    "takes %s for a part that did not arrive",
    (text) => {
      expect(() => guarded().check(part(text))).toThrow();
    },
  );

  it("looks at nothing but parts of results", () => {
    for (const other of [
      part("no part", { authorization: "Snowflake Token" }),
      part("no part", {}, "POST"),
      { ...part("no part"), status: 404 },
      { ...part("no part"), config: { method: "GET", useSnowflakeRetryMiddleware: true } },
    ]) {
      expect(guarded().check(other)).toBe(other);
    }
  });

  it("shortens the repeating of refused requests, and of no others", () => {
    const { change } = guarded();
    expect(change({ useSnowflakeRetryMiddleware: true }).snowflakeRetryConfig).toEqual({
      maxRetries: 4,
      sleepCap: 4,
    });
    expect(change({}).snowflakeRetryConfig).toBeUndefined();
  });
});
