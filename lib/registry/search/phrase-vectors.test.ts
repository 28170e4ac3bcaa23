import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Embedder } from "@/lib/embed";
import { AppError } from "@/lib/errors";
import { phraseVectors } from "./phrase-vectors";

beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

const makerThat = (embed: Embedder["embed"]): Embedder => ({ name: "maker", key: "maker", embed });
const lost = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });

describe("why there is no vector of a phrase", () => {
  it.each([
    ["the app's database is away", new AppError("DATABASE_UNAVAILABLE", "It is away."), "It is away."],
    [
      "a query was cut off",
      new Error("Failed query", { cause: lost }),
      "The app's database does not answer.",
    ],
    ["the budget is used up", new AppError("MODEL_BUDGET_USED", "It is used up."), "It is used up."],
  ])("is told where %s", async (_, error, sentence) => {
    const phrases = phraseVectors(makerThat(() => Promise.reject(error)));
    expect(await phrases.of("age")).toBeNull();
    expect(phrases.problem).toContain(`without maker: ${sentence}`);
  });

  it("is the maker where that fails", async () => {
    const phrases = phraseVectors(makerThat(() => Promise.reject(new AppError("PLANNER_UNAVAILABLE"))));
    expect(await phrases.of("age")).toBeNull();
    expect(phrases.problem).toBe("maker does not answer now");
  });

  it("blames nobody where it took too long, and is forgotten with the next vector", async () => {
    const vectors = [new Promise<never>(() => {}), Promise.resolve([Float32Array.of(1)])];
    const embed = () => vectors.shift() ?? Promise.reject(new Error("asked too often"));
    const phrases = phraseVectors(makerThat(embed), { phrase: 20, rest: 0 });
    expect(await phrases.of("age")).toBeNull();
    expect(phrases.problem).toBe("no vector from maker in time");
    expect(await phrases.of("age")).toEqual(Float32Array.of(1));
    expect(phrases.problem).toBeNull();
  });
});
