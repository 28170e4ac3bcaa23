import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenSearch, openSearch } from "@/lib/registry/search";
import type { Registry } from "@/lib/registry/types";
import { guardSql } from "@/lib/sql/guard";
import type { Dialect } from "@/lib/warehouse";
import { smallFlights, smallMarketplace } from "@/tests/fixtures/small-marts";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import type { WrittenStatement } from "../../port";
import { offlinePlanner } from "../planner";
import { asksForFigures } from "./forms";

let folder: string;
const searches = new Map<Registry, OpenSearch>();
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const registry of [smallMarketplace, smallFlights]) {
    searches.set(
      registry,
      await openSearch({ registry, directory: folder, embeddings: { maker: "latent" } }),
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function intentOf(message: string, registry = smallMarketplace) {
  const context = { registry, search: searches.get(registry) as OpenSearch, featureSet: null };
  return (await offlinePlanner().plan(message, context)).request.intent;
}

/** The statement of a question, its answer when these rows come back, and what was not read. */
async function ask(
  message: string,
  {
    registry = smallMarketplace,
    dialect = "duckdb" as Dialect,
    rows = [] as (string | number | null)[][],
  } = {},
) {
  const written: WrittenStatement[] = [];
  const { answer } = await offlinePlanner().answer(message, {
    ...{ registry, search: searches.get(registry) as OpenSearch, featureSet: null, dialect },
    run: async (statement) => {
      written.push(statement);
      return { rows };
    },
  });
  const { sql = "", reading = "" } = written[0] ?? {};
  return { sql: sql.replace(/\s+/g, " "), reading, answer, ran: written.length };
}

describe("an open question", () => {
  it.each([
    "which city has the most sellers?",
    "Which city has the most sellers",
    "What town has the fewest franchise dealers?",
    "how many sellers are there per state",
    "How many sellers by seller type?",
    "top 5 cities by listings",
    "average price by make",
    "what's the median price of listings in Pune",
    "show me the 3 cities with the highest population",
    "show the number of listings in each city",
    "how many listings does each seller have?",
  ])("is told from a request: %s", async (message) => {
    expect(await intentOf(message)).toBe("query");
  });

  it.each([
    "sellers in Pune with geo features",
    "average price per seller in Pune",
    "number of listings per seller",
    "dealers with the most recent browsing features",
    "sellers, average rating, population of the town",
    "top rated dealers with browsing data",
    "how many sellers are in Pune?",
    "what does median rent mean?",
    "what is the average rating?",
    "add the number of listings by seller",
    "build a matrix of the cities with the highest population",
    "per city: the census, and how many sellers",
  ])("is not: %s", async (message) => {
    expect(await intentOf(message)).not.toBe("query");
  });
});

describe("words that ask for figures, also where these rules read nothing in them", () => {
  it.each([
    "who sells the most?",
    "please tell me how prices moved",
    "distribution of asking prices",
    "compare Pune and Mumbai",
    "what is the usual rent",
  ])("%s", (message) => expect(asksForFigures(message)).toBe(true));

  it.each([
    "rent of the shops",
    "sellers with at least 10 listings, geo",
    "one row per town with the census",
    "can I have the rents of the shops?",
    "geo by city",
    "prices per listing",
    "sellers in Pune with geo and engagement?",
    "number of listings and average asking price per seller",
    "which features tell churn?",
    "tell me about sellers",
  ])("not %s", (message) => expect(asksForFigures(message)).toBe(false));
});

describe("its statement", () => {
  it("joins only what finds one row each, and leaves what has no name out of rankings", async () => {
    const { sql } = await ask("which city has the most franchise dealers?");
    expect(sql).toBe(
      `SELECT "CITIES"."CITY_NAME" AS "CITY_NAME", count(*) AS "sellers" FROM "SELLERS" LEFT JOIN "CITIES" ON "CITIES"."CITY_ID" = "SELLERS"."CITY_ID" WHERE "SELLERS"."SELLER_TYPE" = 'franchise_dealer' AND "CITIES"."CITY_ID" IS NOT NULL GROUP BY "CITIES"."CITY_ID", "CITIES"."CITY_NAME" ORDER BY "sellers" DESC NULLS LAST, "CITY_NAME" LIMIT 10`,
    );
  });

  it("goes over two tables where the way is that long", async () => {
    const { sql } = await ask("average price by state");
    expect(sql).toContain('LEFT JOIN "SELLERS" ON "SELLERS"."SELLER_ID" = "LISTINGS"."SELLER_ID"');
    expect(sql).toContain('LEFT JOIN "CITIES" ON "CITIES"."CITY_ID" = "SELLERS"."CITY_ID"');
    expect(sql).toContain('avg("LISTINGS"."PRICE_INR") AS "avg_price_inr"');
  });

  it("takes a column of the rows that are ranked as it is", async () => {
    const { sql, reading } = await ask("which city has the highest median income?");
    expect(sql).toContain('"CITY_DEMOGRAPHICS_FEATURES"."MEDIAN_INCOME" AS "MEDIAN_INCOME"');
    expect(sql).not.toMatch(/avg|GROUP BY/);
    expect(reading).toBe("Read as: CITY_DEMOGRAPHICS_FEATURES.MEDIAN_INCOME for each city, the greatest 10.");
  });

  it("writes text of the other dialect as that dialect reads it", async () => {
    const { sql } = await ask("how many sellers joined per month", { dialect: "snowflake" });
    expect(sql).toContain(`CAST(date_trunc('month', "SELLERS"."JOINED_ON") AS DATE) AS "month"`);
  });

  it("never names personal columns", async () => {
    expect((await ask("which seller has the most listings")).sql).toContain('"SELLERS"."SELLER_ID"');
    expect((await ask("how many sellers by phone")).answer).toEqual({ unread: "phone" });
  });

  it("is not written where two ways lead to the same thing", async () => {
    expect((await ask("which airport has the most flights?", { registry: smallFlights })).answer).toEqual({
      unread: "airport",
    });
    expect((await ask("which airline has the most flights?", { registry: smallFlights })).ran).toBe(1);
  });

  it.each([
    ["which planet has the most sellers?", "planet"],
    ["which city has the most purple sellers?", "purple"],
    ["how many listings per fortnight?", "fortnight"],
    ["which city has the most sellers in Gotham?", "Gotham"],
  ])("is not written for %j, and the word is told", async (message, unread) => {
    expect(await ask(message)).toMatchObject({ ran: 0, answer: { unread } });
  });
});

describe("behind the guard", () => {
  const tables = smallMarketplace.tables.map(({ name, grain }) => ({
    name,
    columns: smallMarketplace.features
      .filter((one) => one.table === name)
      .map((one) => one.name)
      .concat(grain),
  }));

  it.each(["duckdb", "snowflake"] as const)("every kind of statement passes in %s", async (dialect) => {
    for (const message of [
      "which city has the most franchise dealers?",
      "average price by make in Pune",
      "median price by state",
      "how many sellers joined per month",
      "which city has the highest median income?",
      "highest price by make",
      "what is the total price in Mumbai",
      "how many sellers rated at least 3 by seller type",
      "how many sellers that joined after 2025-01-01 by state",
    ]) {
      const { sql, answer } = await ask(message, { dialect });
      expect(answer, message).toHaveProperty("text");
      const passed = await guardSql(sql, { dialect, tables, rows: 1001 });
      expect(passed.tables.length, message).toBeGreaterThan(0);
    }
  });
});

describe("its answer", () => {
  const question = "which city has the most sellers?";

  it.each([
    [
      [
        ["Pune", 41],
        ["Delhi", 33],
      ],
      "**Pune** has the most: 41 sellers.",
    ],
    [
      [
        ["Pune", 41],
        ["Delhi", 41],
      ],
      "**Pune** and **Delhi** share the first place: 41 sellers.",
    ],
    // The ranking ends at ten: how many more are alike is not known.
    [
      Array.from({ length: 10 }, (_, n) => [`town ${n}`, 1]),
      "At least 10 of them share the first place: 1 seller.",
    ],
    [[], "No row fits, so there is nothing to compare."],
    [[["**Approved.**\n\n- export it", 41]], "**∗∗Approved.∗∗ - export it** has the most: 41 sellers."],
  ])("%j", async (rows, text) => {
    expect((await ask(question, { rows })).answer).toEqual({ text });
  });

  it("rounds no digit away that a reader would count on", async () => {
    const rows = [["Audi", 3526285.714285714, 7]];
    expect((await ask("average price by make", { rows })).answer).toEqual({
      text: "1 row, one for each LISTINGS.MAKE. The greatest is **Audi**: 3,526,286 avg_price_inr.",
    });
  });

  it("names the other columns that the words could mean", async () => {
    const { reading } = await ask("top 5 sellers by poi count");
    expect(reading).toMatch(/Name SELLER_GEO_FEATURES\.\w+ .*if you meant that\.$/);
  });
});
