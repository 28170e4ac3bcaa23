import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import { copyWorldMart } from "../support/demo-mart";
import { describeInBrowser } from "./fixture";
import { ChatPage } from "./support/chat-page";

const regions = ["north", "south", "east"];
const regionsCsv = [
  "region_id,region_name,median_rent",
  ...regions.map((name, index) => `R${index + 1},${name},${900 + index * 150}`),
].join("\n");
// Shop 12 has no region; region R9 of shop 7 does not exist.
const shops = Array.from({ length: 40 }, (_, index) => {
  const region = index === 12 ? "" : index === 7 ? "R9" : `R${(index % 3) + 1}`;
  return { id: `S${String(index).padStart(3, "0")}`, region, area: 50 + index * 3 };
});
const shopsCsv = [
  "shop_id,region_id,floor_area",
  ...shops.map(({ id, region, area }) => `${id},${region},${area}`),
].join("\n");

// A mart is there already, so that the start builds none.
const fill = (dataDir: string) => copyWorldMart(60, dataDir);

describeInBrowser("a person's own files", { fill, at: "/marts/new" }, (app) => {
  let chat: ChatPage;
  beforeAll(() => {
    chat = app.chat;
  });

  it("become a mart, with what was inferred shown to be corrected", async () => {
    const { page } = chat;
    await page.getByRole("textbox", { name: "Name" }).fill("Corner shops");
    const files = [
      { name: "shops.csv", mimeType: "text/csv", buffer: Buffer.from(shopsCsv) },
      { name: "regions.csv", mimeType: "text/csv", buffer: Buffer.from(regionsCsv) },
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("not a table") },
    ];
    await page.locator('input[type="file"]').setInputFiles(files);
    await page.getByText("1 file left out").waitFor();
    await page.getByRole("button", { name: "Read the files" }).click();

    await page.waitForURL(/\/marts\/corner-shops\/review$/);
    await page.getByText("shops.region_id → regions.region_id").waitFor();
    expect(await chat.overflow()).toBe(0);
    await page.getByLabel("Description of floor_area").fill("Sales floor in square metres");
    await page.getByRole("button", { name: "Register with the corrections" }).click();
    await page.getByText("Registered.").waitFor();
    await page.reload();
    expect(await page.getByLabel("Description of floor_area").inputValue()).toBe(
      "Sales floor in square metres",
    );
  }, 240_000);

  it("are joined in the chat, and every cell is what the files say", async () => {
    const { page } = chat;
    await page.getByRole("link", { name: "Build a matrix" }).click();
    await page.waitForURL(/mart=corner-shops/);
    expect(await page.getByRole("radio", { name: /Corner shops/ }).isChecked()).toBe(true);
    await chat.say("For each shop, the floor area and the median rent of the region");
    await page.waitForURL(/\/c\//);
    await chat.settled();
    for (let asked = 0; asked < 3 && (await chat.button(/^Approve and export$/).count()) === 0; asked++) {
      await chat.decide(/^(Go on without|Go on with this)$/);
    }
    await chat.decide(/^Approve and export$/);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download matrix.parquet" }).click(),
    ]);
    const file = path.join(app.folder, "matrix.parquet");
    await download.saveAs(file);
    expect(await rowsOf(file)).toEqual(
      shops.map(({ id, region, area }) => [id, area, Number(rentOf(region)) || null]),
    );
  }, 240_000);

  it("are nobody else's to see or use", async () => {
    const stranger = await app.browser.newContext();
    const other = await ChatPage.open(stranger, `${app.server.url}/marts/corner-shops`);
    await other.page.getByText("There is nothing here").waitFor();
    await other.page.goto(app.server.url);
    expect(await other.page.getByText("Corner shops").count()).toBe(0);
    const stolen = await stranger.request.put(`${app.server.url}/api/marts/corner-shops`, { data: {} });
    expect(stolen.status()).toBe(404);
    await stranger.close();
  }, 120_000);

  it("are refused with a sentence when they are no tables", async () => {
    const { page } = chat;
    await page.goto(`${app.server.url}/marts/new`);
    await page.getByRole("textbox", { name: "Name" }).fill("Broken");
    await page
      .locator('input[type="file"]')
      .setInputFiles([
        { name: "x.parquet", mimeType: "application/octet-stream", buffer: Buffer.from("no") },
      ]);
    await page.getByRole("button", { name: "Read the files" }).click();
    const said = await page.getByRole("alert").filter({ hasText: /\w/ }).first().textContent();
    expect(said).toMatch(/x\.parquet|x/);
    expect(said).not.toMatch(new RegExp(app.folder));
    const current = path.join(app.dataDir, "marts", "auto-marketplace", "current");
    expect(await readFile(current, "utf8")).toMatch(/^v/);
  }, 120_000);
});

function rentOf(region: string): string | undefined {
  return regionsCsv
    .split("\n")
    .find((line) => line.startsWith(`${region},`) && region !== "")
    ?.split(",")[2];
}

async function rowsOf(parquet: string) {
  const mart = path.join(path.dirname(parquet), "data", "marts", "corner-shops");
  const stamp = (await readFile(path.join(mart, "current"), "utf8")).trim();
  const warehouse = await openDuckDbWarehouse({
    path: path.join(mart, `${stamp}.duckdb`),
    writableDirectories: [path.dirname(parquet)],
  });
  try {
    const { rows } = await warehouse.query(
      `select shop_id, floor_area, median_rent from read_parquet('${parquet}') order by shop_id`,
    );
    return rows;
  } finally {
    await warehouse.close();
  }
}
