import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { ResultGone, SessionLost, signInError, statementError } from "./driver-error";

const thrown = (code?: string | number, sqlState?: string) =>
  Object.assign(new Error("vendor text 'with data'"), { code, sqlState });

describe("what the service says no to", () => {
  it.each([
    ["000604", "QUERY_CANCELLED"],
    ["000606", "WAREHOUSE_UNAVAILABLE"],
    ["003001", "WAREHOUSE_DENIED"],
    ["001003", "QUERY_FAILED"],
    ["100051", "QUERY_FAILED"],
    [401001, "WAREHOUSE_UNAVAILABLE"],
    [401002, "WAREHOUSE_UNAVAILABLE"],
    [undefined, "WAREHOUSE_UNAVAILABLE"],
  ])("%s is told as %s, without the vendor's words", (code, expected) => {
    const cause = thrown(code);
    const error = statementError(cause);
    expect(error).toMatchObject({ code: expected, cause });
    expect(`${error.message} ${JSON.stringify((error as AppError).details)}`).not.toMatch(/vendor|data/);
  });

  it("a missing grant is known by its SQL state too", () => {
    expect(statementError(thrown("099999", "42501"))).toMatchObject({ code: "WAREHOUSE_DENIED" });
  });

  it.each(["390104", "390111", "390112", "390114", 401004, 407002])(
    "%s means that the session is over",
    (code) => {
      expect(statementError(thrown(code))).toBeInstanceOf(SessionLost);
    },
  );

  it.each(["000707", "000709"])("%s means that the result is gone", (code) => {
    expect(statementError(thrown(code))).toBeInstanceOf(ResultGone);
  });

  it("what is told already stays as it is", () => {
    const told = new AppError("QUERY_CANCELLED");
    expect(statementError(told)).toBe(told);
    expect(signInError(told)).toBe(told);
  });

  it.each([
    ["390100", "WAREHOUSE_DENIED", "SNOWFLAKE_PASSWORD"],
    ["390144", "WAREHOUSE_DENIED", "SNOWFLAKE_PRIVATE_KEY_FILE"],
    ["390303", "WAREHOUSE_DENIED", "SNOWFLAKE_OAUTH_TOKEN_FILE"],
    ["394304", "WAREHOUSE_DENIED", "SNOWFLAKE_PRIVATE_KEY_FILE"],
    ["390189", "WAREHOUSE_DENIED", "SNOWFLAKE_ROLE"],
    [401001, "WAREHOUSE_UNAVAILABLE", "SNOWFLAKE_URL"],
  ])("a sign-in's %s is %s and names %s", (code, expected, setting) => {
    const error = signInError(thrown(code));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(setting);
  });
});
