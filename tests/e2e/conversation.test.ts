import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./fixture";
import { ChatPage } from "./support/chat-page";
import { compareMatrix } from "./support/expected-matrix";

const request =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";

/** One conversation from its first words to the file, in order: each test goes on where the one before it stopped. */
describeInBrowser("a conversation in the browser", {}, (app) => {
  let chat: ChatPage;
  let address: string;
  beforeAll(() => {
    chat = app.chat;
  });

  it("goes from a sentence to ranked tables, SQL, a measured matrix and a question", async () => {
    await chat.say(request);
    await chat.page.waitForURL(/\/c\//);
    address = chat.page.url();
    await chat.button(/^Add \d+ groups?$/).waitFor();
    await chat.settled();

    for (const title of ["Plan", "Tables for each seller", "Check of the feature set"]) {
      await chat.page.getByRole("heading", { name: title }).waitFor();
    }
    for (const table of ["SELLER_GEO_FEATURES", "SELLER_ENGAGEMENT_FEATURES", "CITY_DEMOGRAPHICS_FEATURES"]) {
      expect(await chat.page.getByLabel(`Use ${table}`).isChecked()).toBe(true);
    }
    expect(await chat.page.getByRole("tab", { name: "Snowflake" }).count()).toBe(1);
    await chat.page.getByRole("region", { name: "Rows of the matrix" }).scrollIntoViewIfNeeded();
    expect(await chat.page.getByRole("row").count()).toBeGreaterThan(20);
    await chat.page.getByTitle("Put this filter into the message").first().click();
    expect(await chat.page.getByLabel("Message", { exact: true }).inputValue()).toMatch(/^only \S/);
    expect(await chat.overflow()).toBe(0);
  }, 240_000);

  it("goes on with the same turn when the server is killed before the answer", async () => {
    await app.server.kill();
    await app.startAgain();
    await chat.page.reload();
    await chat.decide(/^Add \d+ groups?$/);

    await chat.button(/^Approve and export$/).waitFor();
    expect(await chat.people().count()).toBe(2);
    expect(await chat.page.getByRole("heading", { name: "Plan" }).count()).toBe(1);
    expect(await chat.page.getByText("Approved: Widen the matrix?").count()).toBe(1);
  }, 300_000);

  it("lets one of two answers win, and tells the other", async () => {
    const second = await ChatPage.open(app.person, address);
    await second.button(/^Approve and export$/).waitFor();
    await chat.decide(/^Approve and export$/);
    await chat.page.getByText("Exported under").waitFor();

    await second.button(/^Approve and export$/).click();
    await second.page.getByText(/This question was approved by you already/).waitFor();
    // It reads the conversation again and shows what came of it.
    await second.page.getByText("Exported under").waitFor();
    expect(await second.button(/^Approve and export$/).count()).toBe(0);
    await second.page.close();
  }, 240_000);

  it("gives a Parquet file that agrees, cell by cell, with the mart's tables", async () => {
    const files = path.join(app.folder, "downloads");
    await mkdir(files);
    for (const name of ["matrix.parquet", "dictionary.csv", "manifest.json"]) {
      const link = chat.page.getByRole("link", { name: `Download ${name}` }).last();
      const [download] = await Promise.all([chat.page.waitForEvent("download"), link.click()]);
      await download.saveAs(path.join(files, name));
      const hash = createHash("sha256")
        .update(await readFile(path.join(files, name)))
        .digest("hex");
      expect(await chat.page.locator(`[title="${hash}"]`).count(), `${name} has the hash on the card`).toBe(
        1,
      );
    }
    const manifest = JSON.parse(await readFile(path.join(files, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ mart: "auto-marketplace", featureSet: { excludePii: true } });

    const compared = await compareMatrix(await martFile(app.dataDir), files);
    expect(compared.expectedRows).toBeGreaterThan(20);
    expect(compared.rows).toBe(compared.expectedRows);
    expect(Object.keys(compared.tables)).toEqual(
      expect.arrayContaining(["SELLER_GEO_FEATURES", "CLICKSTREAM_SELLER_90D", "LLM_LOCATION_FEATURES"]),
    );
    for (const [table, { columns, differingRows }] of Object.entries(compared.tables)) {
      expect.soft(differingRows, `${table}: ${columns} columns`).toBe(0);
    }
    expect(Object.values(compared.tables).reduce((sum, { columns }) => sum + columns, 0)).toBeGreaterThan(
      800,
    );
  }, 240_000);

  it("answers follow-ups about the same feature set", async () => {
    expect(await chat.ask("what does poi_count_1km mean?")).toMatch(/poi_count_1km/);
    expect(await chat.ask("how many sellers are in Pune?")).toMatch(/\d+/);
    const narrowed = await chat.ask("drop columns with more than 20% nulls");
    expect(narrowed).toMatch(/columns/);
  }, 300_000);

  it("loses and doubles nothing when the page is reloaded in the middle of a run", async () => {
    const before = await chat.answers().count();
    await chat.say("only sellers with at least 5 listings");
    await chat.page.getByRole("button", { name: "Stop" }).waitFor();
    // What the server has not taken up yet is no run.
    await chat.answers().nth(before).waitFor();
    await chat.page.reload();
    const followed = await chat.transcript();
    await chat.page.reload();
    expect(await chat.transcript()).toEqual(followed);
    expect(followed.filter((text) => text === "only sellers with at least 5 listings")).toHaveLength(1);
  }, 240_000);

  it("stops when it is told to", async () => {
    await chat.say("add property market features");
    await chat.page.getByRole("button", { name: "Stop" }).click();
    await chat.page.getByText("Stopped. Nothing was exported.").last().waitFor();
    await chat.settled();
    expect(await chat.ask("hello")).not.toMatch(/still working/);
  }, 240_000);

  it("finds the run again when the server dies under it, without a reload", async () => {
    const before = await chat.answers().count();
    await chat.say("without the city demographics table");
    await chat.answers().nth(before).waitFor();
    await app.server.kill();
    await chat.page.getByText("The connection was lost").waitFor();
    await app.startAgain();
    await chat.settled();
    expect(await chat.answers().count()).toBe(before + 1);
    expect(await chat.page.getByText("without the city demographics table", { exact: true }).count()).toBe(1);
    expect(await chat.answers().last().textContent()).toMatch(/features of \d+ tables/);
  }, 300_000);

  it("takes a table out on the card, and a plain no for a no", async () => {
    await chat.ask("add marketing engagement features");
    const last = chat.answers().last();
    const columns = async () => {
      const figure = last.locator("div", { has: chat.page.getByText("columns", { exact: true }) }).last();
      return Number((await figure.getByRole("definition").textContent())?.replaceAll(",", ""));
    };
    const before = await columns();
    const box = last.getByRole("checkbox", { name: /^Use /, checked: true }).first();
    const table = (await box.getAttribute("aria-label"))?.replace("Use ", "");
    await box.uncheck();
    await chat.decide(/^Apply 1 change$/);
    await chat.page.getByText(`Tables: without ${table}`).waitFor();
    expect(await columns()).toBeLessThan(before);

    const refused = chat.page.getByText(/^(Went on without|Rejected)$/);
    const refusals = await refused.count();
    await chat.ask("no");
    await refused.nth(refusals).waitFor();
  }, 240_000);

  it("shows nothing of it to somebody else", async () => {
    const stranger = await app.browser.newContext();
    const other = await ChatPage.open(stranger, address);
    await other.page.getByText("There is nothing here").waitFor();
    expect(await other.page.getByText("Mumbai").count()).toBe(0);
    const conversation = address.split("/").at(-1);
    const href = await chat.page
      .getByRole("link", { name: "Download matrix.parquet" })
      .last()
      .getAttribute("href");
    for (const secret of [`/api/conversations/${conversation}/stream`, href as string]) {
      expect((await stranger.request.get(app.server.url + secret)).status(), secret).toBe(404);
    }
    const said = {
      conversationId: conversation,
      message: { id: "x", parts: [{ type: "text", text: "export it" }] },
    };
    expect((await stranger.request.post(`${app.server.url}/api/chat`, { data: said })).status()).toBe(404);
    await stranger.close();
  }, 120_000);

  it("refuses what comes from another site", async () => {
    const post = { headers: { origin: "https://elsewhere.example" } };
    const conversation = address.split("/").at(-1);
    const refused = await app.person.request.post(
      `${app.server.url}/api/conversations/${conversation}/cancel`,
      post,
    );
    expect(refused.status()).toBe(400);
  });

  it("answers an empty, a huge and an off-topic message helpfully, and keeps the text", async () => {
    await chat.page.getByLabel("Message", { exact: true }).fill("   ");
    expect(await chat.button(/^Send$/).isDisabled()).toBe(true);

    const huge = "mumbai ".repeat(14_286);
    await chat.say(huge);
    await chat.page.getByText(/at most 20,000 are read/).waitFor();
    expect((await chat.page.getByLabel("Message", { exact: true }).inputValue()).trim()).toBe(huge.trim());

    const matrices = await chat.page.getByRole("region", { name: "Rows of the matrix" }).count();
    const answer = await chat.ask("what is the capital of France?");
    expect(answer.length).toBeGreaterThan(20);
    expect(await chat.page.getByRole("region", { name: "Rows of the matrix" }).count()).toBe(matrices);
  }, 240_000);

  it("made the browser complain of nothing", () => {
    expect(chat.complaints).toEqual([]);
  });
});

async function martFile(dataDir: string): Promise<string> {
  const directory = path.join(dataDir, "marts", "auto-marketplace");
  const file = (await readdir(directory)).find((name) => name.endsWith(".duckdb"));
  return path.join(directory, file as string);
}
