import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeInBrowser } from "./fixture";
import type { ChatPage } from "./support/chat-page";
import {
  cancelledRun,
  failedRun,
  haltedRun,
  parameters,
  replacedRun,
  storePipeline,
} from "./support/stored-pipeline";

describeInBrowser("the pipeline in the browser", { fill, sellers: 60 }, (app) => {
  // A test takes seconds, and more on machines that have other work.
  vi.setConfig({ testTimeout: 240_000 });
  let visit: ChatPage;
  let page: Page;
  beforeAll(() => {
    visit = app.chat;
    page = visit.page;
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  /** Resolves when the page's buttons do something: a click before that is lost. */
  const goTo = async (place: string) => {
    await page.goto(`${app.server.url}/pipeline${place}`);
    await page.waitForFunction(() =>
      Object.keys(document.querySelector("main a, main button") ?? {}).some((key) =>
        key.startsWith("__reactProps"),
      ),
    );
  };

  it("lists the runs, and leads from the sidebar to one with its steps, counts and log", async () => {
    await page.getByRole("link", { name: "Pipeline" }).click();
    await page.locator(`main a[href="/pipeline/${haltedRun}"]`).click();
    await page.getByText("Adds to v2026.11 what changed from 2026-11-01 to 2026-12-01.").waitFor();
    await page.getByRole("alert").getByText("SHOPS.price is distributed otherwise").waitFor();
    const steps = page.getByRole("region", { name: "Steps" }).getByRole("listitem");
    expect(await steps.count()).toBe(6);
    expect(await steps.nth(5).textContent()).toContain("not begun");
    await page.getByRole("button", { name: "build", exact: true }).click();
    expect(await steps.nth(2).getByRole("definition").textContent()).toBe("7");

    const setAside = page.getByRole("region", { name: "Rows set aside" });
    expect(await setAside.getByRole("row").nth(1).getByRole("cell").allTextContents()).toEqual([
      ...["sales", "impossible date", "sold_at", "conform", "1,234"],
    ]);
    expect(await visit.overflow()).toBe(0);
  });

  it("shows a long log from its end, and the lines before when asked", async () => {
    const lines = page.locator("[data-line]");
    expect(await lines.last().textContent()).toContain("said 1200.");
    expect(await lines.count()).toBe(500);
    await page.getByRole("button", { name: /^Show earlier lines/ }).click();
    await page.locator('[data-line="1"]').waitFor({ state: "attached" });
    const numbers = await lines.evaluateAll((all) =>
      all.map((line) => Number(line.getAttribute("data-line"))),
    );
    expect(numbers).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
  });

  it("names the column that halted the gate, with a plot of both distributions", async () => {
    await page.getByRole("link", { name: "See the checks and the distributions" }).click();
    const failed = page.getByRole("region", { name: "Failed" });
    await failed.waitFor();
    expect(await failed.getByRole("listitem").allTextContents()).toEqual([
      expect.stringMatching(/SHOPS\.price is distributed otherwise .* limit 0\.25/),
    ]);
    const plot = page.getByRole("img", {
      name: "SHOPS.price: shares of rows per bin in v2026.11 and v2026.12",
    });
    expect(await plot.locator("rect.fill-accent").count()).toBe(12);
    await page.locator("figure", { has: plot }).getByText("As a table").click();
    const rows = page.locator("figure", { has: plot }).getByRole("row");
    // A third of what was in every bin, and the rest beyond the last border.
    expect(await rows.nth(1).getByRole("cell").allTextContents()).toEqual([
      ...["up to 99", "10%"],
      expect.stringMatching(/^3(\.\d)?%$/),
    ]);
    expect(await rows.nth(10).getByRole("cell").allTextContents()).toEqual([
      ...["above 899", "10%"],
      expect.stringMatching(/^70(\.\d)?%$/),
    ]);

    await page.getByLabel("Search a table or a column").fill("town");
    await plot.waitFor({ state: "detached" });
    expect(await page.getByRole("img", { name: /^SHOPS\.town/ }).count()).toBe(1);
  });

  it("gives a run that did not come so far no verdict, lineage or tables of another", async () => {
    for (const tab of ["gates", "lineage", "tables"]) {
      const step = tab === "gates" ? "gate" : "build";
      await page.goto(`${app.server.url}/pipeline/${cancelledRun}/${tab}`);
      await page.getByText(`This run was cancelled before it came to ${step}`).waitFor();
      await page.goto(`${app.server.url}/pipeline/${failedRun}/${tab}`);
      await page.getByText(`This run failed before it came to ${step}`).waitFor();
      await page.goto(`${app.server.url}/pipeline/${replacedRun}/${tab}`);
      await page.getByText(`A later run of ${parameters.stamp} began`).waitFor();
      expect(await page.getByText(/Every gate|A gate failed/).count()).toBe(0);
      await page.getByRole("link", { name: "Go to that run" }).click();
      await page.waitForURL(`${app.server.url}/pipeline/${haltedRun}`);
    }
    await goTo(`/${haltedRun}/gates`);
    await page.getByText("A gate failed, so this stamp was not published").waitFor();
  });

  it("draws the lineage, and says which source columns a feature is computed from", async () => {
    await page.getByRole("link", { name: "Lineage" }).click();
    const table = page.getByRole("button", { name: "SHOP_SALES, feature" });
    await table.waitFor();
    await page.getByLabel("Find a table").fill("nothing");
    await page.getByRole("status").getByText("No table has “nothing” in its name.").waitFor();
    await page.getByLabel("Find a table").fill("op_sal");
    await page.getByRole("list", { name: "Tables found" }).getByText("SHOP_SALES").waitFor();
    await page.keyboard.press("Enter");
    expect(await table.getAttribute("aria-pressed")).toBe("true");
    await page.getByLabel("Search columns").fill("sold_cake_7d");
    await page.getByRole("button", { name: "sold_cake_7d" }).click();
    const chosen = page.getByRole("complementary", { name: "The chosen table" });
    await chosen.getByText("conformed.sales").waitFor();
    await page.getByRole("checkbox", { name: "only what is lit" }).check();
    const nodes = await page
      .locator("svg g[role=button]")
      .evaluateAll((all) => all.map((one) => one.textContent));
    expect(nodes.join(" ")).toMatch(/conformed\.sales.*stg_sales.*int_shop_days.*SHOP_SALES/);
    expect(nodes.join(" ")).not.toContain("SHOP_SCORES");

    await page.getByRole("link", { name: "its page" }).click();
    await page.waitForURL(/\/tables\/SHOP_SALES$/);
    await page.getByRole("region", { name: "Tests" }).getByText("passed").first().waitFor();
    expect(await page.getByRole("region", { name: "SQL text" }).textContent()).toContain("sum(");
  });

  it("reruns from a step, and says which earlier one is missing", async () => {
    await goTo(`/${haltedRun}`);
    expect(await page.getByRole("button", { name: "Rerun from publish" }).count()).toBe(0);
    await page.getByRole("button", { name: "Rerun from gate" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(haltedRun));
    await page.getByText("Begins at gate, on the files that were there.").waitFor();
    await page
      .getByRole("alert")
      .getByText(/extract has not been run/)
      .waitFor();
    await page.getByRole("link", { name: "Gates" }).click();
    await page.getByText("In this run gate failed").waitFor();
    await page.getByRole("link", { name: "Tables" }).click();
    await page.getByText("This run began at gate and did not run augment itself.").waitFor();
    await goTo(`/${haltedRun}/gates`);
    await page.getByText("A gate failed, so this stamp was not published").waitFor();
  });

  it("starts a run, follows it live, refuses a second one, and cancels it", async () => {
    const other = await app.person.newPage();
    await other.goto(`${app.server.url}/pipeline`);
    await goTo("");
    expect(await page.getByLabel("stamp").inputValue()).toBe(parameters.stamp);
    await page.getByLabel("stamp").fill("november");
    await page.getByRole("button", { name: "Start a run" }).click();
    await page.getByRole("alert").getByText("A stamp looks like v2026.11").waitFor();
    await page.getByLabel("stamp").fill(parameters.stamp);
    await page.getByRole("button", { name: "Start a run" }).click();
    await page.waitForURL(/\/pipeline\/[\w-]+$/);
    const address = page.url();
    await page.getByRole("progressbar", { name: "Progress of extract" }).waitFor();

    // A page that was drawn before sees the run at the latest when it is told of it.
    expect(await other.getByRole("row", { name: "running" }).count()).toBe(0);
    await other.getByRole("button", { name: "Start a run" }).click();
    await other.getByRole("row", { name: "running" }).waitFor();
    await other.getByRole("link", { name: "Go to that run" }).click();
    await other.waitForURL(address);
    await other.close();

    // The server cannot be reached for a while, and then it can.
    const isCut = ({ pathname }: URL) =>
      pathname.startsWith(new URL(address).pathname) || pathname.endsWith("/stream");
    await page.route(isCut, (route) => (isAsked(route.request()) ? route.abort() : route.continue()));
    await goTo(new URL(address).pathname.replace("/pipeline", ""));
    await page.getByText("The connection was lost.").waitFor();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.getByText("The server could not be reached. Try again.").waitFor();
    await page.unroute(isCut);
    await page.getByText("The connection was lost.").waitFor({ state: "detached" });
    await page.getByText("The server could not be reached. Try again.").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.getByRole("button", { name: "Rerun from extract" }).waitFor();
    const lines = page.locator("[data-line]");
    expect(await lines.last().textContent()).toContain("cancelled");
    const followed = await lines.allTextContents();
    await page.reload();
    await page.getByRole("button", { name: "Rerun from extract" }).waitFor();
    expect(await lines.allTextContents()).toEqual(followed);
  });

  it("has no page for a run that does not exist", async () => {
    const answer = await page.goto(`${app.server.url}/pipeline/nothing`);
    expect(answer?.status()).toBe(404);
    await page.getByText("There is no such run").waitFor();
    for (const end of ["stream", "log", "columns"]) {
      expect((await page.request.get(`${app.server.url}/api/pipeline/nothing/${end}`)).status(), end).toBe(
        404,
      );
    }
  });

  it("made the browser complain of nothing", () => {
    expect(visit.complaints).toEqual([]);
  });

  it("only shows the runs where nobody may operate them from a browser", async () => {
    const buttons = page.getByRole("button", { name: /^(Start a run|Cancel the run|Rerun from)/ });
    await goTo(`/${haltedRun}`);
    expect(await buttons.count()).toBeGreaterThan(0);
    await page.goto("about:blank");
    await app.server.stop();
    vi.stubEnv("PIPELINE_CONTROL", "operator");
    await app.startAgain();
    await goTo("");
    await page.getByText("Runs are started, cancelled and rerun on the server").waitFor();
    expect(await buttons.count()).toBe(0);
    await goTo(`/${haltedRun}`);
    await page.getByRole("alert").getByText("SHOPS.price is distributed otherwise").waitFor();
    expect(await buttons.count()).toBe(0);
  });
});

/** Not the page itself: what it asks for once it is there. */
function isAsked(request: Request): boolean {
  return request.method() === "POST" || request.url().includes("/stream");
}

async function fill(dataDir: string): Promise<void> {
  vi.stubEnv("DATA_DIR", dataDir);
  vi.stubEnv("DATABASE_URL", "");
  await storePipeline(dataDir);
}
