import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openDuckDbWriter } from "@/lib/warehouse";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { AppError, toAppError } from "./errors";

const failureOf = (work: Promise<unknown>) => work.then(() => null, toAppError);

describe.skipIf(!existsSync("/dev/full"))("a full disk (skipped where there is no /dev/full)", () => {
  it("is what a person is told of, whoever found it", async () => {
    const folder = await temporaryFolder();
    const writer = await openDuckDbWriter(`${folder}/engine.duckdb`);
    try {
      for (const work of [
        () => writeFile("/dev/full", "a"),
        () => writer.run("COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT csv)"),
      ]) {
        expect(await failureOf(work())).toMatchObject({
          code: "DISK_FULL",
          message: expect.stringContaining("DATA_DIR"),
        });
      }
    } finally {
      await writer.close();
    }
  });

  it("is not, where the failure was explained already, or was another", () => {
    const explained = new AppError("NOT_FOUND", undefined, { cause: new Error("No space left on device") });
    expect(toAppError(explained)).toBe(explained);
    expect(toAppError(new Error("no space here")).code).toBe("INTERNAL");
  });
});
