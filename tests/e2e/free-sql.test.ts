import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { copyWorldMart } from "@/tests/support/demo-mart";
import { describeInBrowser } from "./fixture";
import type { ChatPage } from "./support/chat-page";

// Of a size that other tests build too.
const fill = (dataDir: string) => copyWorldMart(400, dataDir);

/** One conversation in order: each test goes on where the one before it stopped. */
describeInBrowser("SQL in the chat, in the browser", { fill }, (app) => {
  let chat: ChatPage;
  beforeAll(() => {
    chat = app.chat;
  });

  const last = () => chat.answers().last();
  const rows = () => last().getByRole("region", { name: "Rows of the result" }).getByRole("row");

  it("answers a question with its reading, the SQL, a chart and the rows", async () => {
    await chat.say("which city has the most dormant sellers?");
    await chat.page.waitForURL(/\/c\//);
    await chat.answers().first().waitFor();
    await chat.settled();
    await last().getByRole("heading", { name: "which city has the most dormant sellers?" }).waitFor();
    await last().getByText("SQL compiled from your words").waitFor();
    expect(
      await last()
        .getByText(/^Read as: the number of sellers for each city/)
        .count(),
    ).toBe(1);
    expect(await last().getByLabel("SQL text").textContent()).toContain("'dormant'");
    expect(await last().getByRole("img", { name: "sellers by CITY_NAME" }).count()).toBe(1);
    expect(await rows().count()).toBeGreaterThan(2);
    const first = await rows().nth(1).getByRole("cell").first().textContent();
    expect(await last().textContent()).toContain(`${first} `);
    expect(await chat.overflow()).toBe(0);
  }, 240_000);

  it("runs what is typed, tells that there is more, and gives all that was read as CSV", async () => {
    await chat.ask("sql SELECT LISTING_ID, ASKING_PRICE_INR FROM LISTINGS ORDER BY 1");
    await last()
      .getByText(/These are the first 1,000 rows; there are more/)
      .waitFor();
    expect(await rows().count()).toBe(201);
    const [download] = await Promise.all([
      chat.page.waitForEvent("download"),
      last().getByRole("button", { name: "Download CSV" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).split("\r\n");
    expect(download.suggestedFilename()).toBe("your-sql.csv");
    expect([lines[0], lines.length]).toEqual(["LISTING_ID,ASKING_PRICE_INR", 1002]);
    await rows().nth(1000).waitFor();
    expect(await rows().count()).toBe(1001);
  }, 240_000);

  it("shows hostile text as text, on the page and in the file", async () => {
    await chat.ask(
      `sql SELECT '<img src=x onerror=document.title=1>' AS html, '=HYPERLINK("https://evil.example")' AS formula, NULL AS nothing`,
    );
    expect(await last().locator("img").count()).toBe(0);
    expect(await rows().nth(1).textContent()).toMatch(/<img src=x.*null/s);
    const [download] = await Promise.all([
      chat.page.waitForEvent("download"),
      last().getByRole("button", { name: "Download CSV" }).click(),
    ]);
    const [, line] = (await readFile(await download.path(), "utf8")).split("\r\n");
    expect(line).toBe(`<img src=x onerror=document.title=1>,"'=HYPERLINK(""https://evil.example"")",`);
  }, 240_000);

  it("refuses in plain words, and asks a waiting question again", async () => {
    await chat.ask("geo features for sellers in Pune, no personal data");
    const add = chat.button(/^Add \d+ groups?$/);
    await add.waitFor();
    await chat.ask("sql DROP TABLE SELLERS");
    expect(await last().textContent()).toMatch(/Only a SELECT may run here/);
    await add.waitFor();
    expect(await add.count()).toBe(1);
    await chat.ask("how many listings per month?");
    expect(await last().getByRole("img", { name: "listings by month" }).count()).toBe(1);
    await add.waitFor();
    await chat.decide(/^Add \d+ groups?$/);
    await chat.button(/^Approve and export$/).waitFor();
  }, 300_000);

  it("stands as it was after a reload, also on a small and dark screen", async () => {
    const before = await chat.transcript();
    await chat.page.reload();
    // Rows that were fetched beside the message are to be asked for again.
    const withoutRows = (texts: string[]) => texts.map((text) => text.split("Rows")[0]);
    expect(withoutRows(await chat.transcript())).toEqual(withoutRows(before));
    const tables = chat.page.getByRole("region", { name: "Rows of the result" });
    expect(await tables.nth(1).getByRole("row").count()).toBe(201);
    await chat.page.emulateMedia({ colorScheme: "dark" });
    await chat.page.setViewportSize({ width: 380, height: 800 });
    expect(await chat.overflow()).toBe(0);
    expect(
      await chat.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
    ).toBe(0);
  }, 240_000);

  it("made the browser complain of nothing", () => {
    expect(chat.complaints).toEqual([]);
  });
});
