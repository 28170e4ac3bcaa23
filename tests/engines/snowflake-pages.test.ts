import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  AppRouterContext,
  type AppRouterInstance,
} from "next/dist/shared/lib/app-router-context.shared-runtime";
import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { beginConversation } from "@/app/actions";
import MartPage from "@/app/marts/[name]/page";
import MartsPage from "@/app/marts/page";
import { listVisibleMarts, openVisibleMart } from "@/app/marts/read-marts";
import HomePage from "@/app/page";
import PipelinePage from "@/app/pipeline/page";
import { openConnection } from "@/db/client";
import { listConversations } from "@/db/queries";
import { issueGuestToken, signingSecret } from "@/lib/auth";
import { config } from "@/lib/config";
import { buildFileOf, closeMarts, placeOf, publishMart } from "@/lib/mart";
import { aViewer } from "../support/a-viewer";
import { createTestDatabase, type TestDatabase } from "../support/database";
import { temporaryFolder } from "../support/temporary-folder";
import { buildThings } from "../support/things-mart";
import { describeWith } from "./support/engines";
import { changedJson, refusal } from "./support/fault-proxy";
import { setUpSnowflake } from "./support/published-mart";

const viewer = aViewer("Tester");

/** Outside of a request there are none: these are the person's. */
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: () => ({ value: issueGuestToken(viewer, secret) }),
  }),
}));
let secret: string;

describeWith(["snowflake", "s3"], "pages over a Snowflake that lets them wait", () => {
  const { servers } = setUpSnowflake();
  let database: TestDatabase;

  beforeAll(async () => {
    vi.stubEnv("DATA_DIR", await temporaryFolder());
    vi.stubEnv("LOG_LEVEL", "error");
    vi.stubEnv("DEFAULT_MART", "things");
    secret = await signingSecret(config().dataDir);
    database = await createTestDatabase();
    const file = buildFileOf(placeOf("things"), "v2026.11");
    await buildThings(file);
    await publishMart("things", "v2026.11", file);
  });
  afterEach(() => servers().proxy.plan());
  afterAll(async () => {
    await closeMarts();
    await database.drop();
    await rm(config().dataDir, { recursive: true, force: true });
  });

  /** What a browser would be shown. */
  const shown = async (page: Promise<ReactElement>) =>
    renderToStaticMarkup(createElement(AppRouterContext, { value: {} as AppRouterInstance }, await page));
  const pages = () => ({
    home: HomePage({ searchParams: Promise.resolve({}) }),
    marts: MartsPage(),
    mart: MartPage({ params: Promise.resolve({ name: "things" }), searchParams: Promise.resolve({}) }),
  });
  const names = async (patience?: number) =>
    (await listVisibleMarts(viewer, patience)).map(({ name }) => name);

  it("show the mart where it answers", async () => {
    expect(await names()).toEqual(["things"]);
    expect(await shown(pages().marts)).toMatch(/Things.*1 table · 0 features · v2026\.11/s);
  });

  it("say so while its warehouse wakes up, and show the mart once it is awake", async () => {
    const asleep = changedJson((body) => {
      for (const query of (body.data as { queries: { status: string }[] }).queries)
        query.status = "RESUMING_WAREHOUSE";
    });
    servers().proxy.plan({ on: /^GET \/monitoring\/queries\//, fault: asleep });
    const told = {
      code: "WAREHOUSE_UNAVAILABLE",
      message: expect.stringMatching(/within 2 seconds.*waking/),
    };
    await expect(names(2000)).rejects.toMatchObject(told);
    await expect(openVisibleMart(viewer, "things", 2000)).rejects.toMatchObject(told);
    servers().proxy.plan();
    expect(await names()).toEqual(["things"]);
  });

  it("wait for the app's own database without taking it for Snowflake", async () => {
    const connection = openConnection();
    const shownLate = connection.begin(async (sql) => {
      await sql`LOCK TABLE mart_owners`;
      const opening = openVisibleMart(viewer, "things", 1000);
      opening.catch(() => {});
      await delay(2000);
      return { opening };
    });
    expect(await (await shownLate).opening).toMatchObject({ own: false, mart: { name: "things" } });
    await connection.end();
  });

  it("say what the service says of a warehouse that it does not resume", async () => {
    servers().proxy.plan({ on: /^POST \/queries\/v1\/query-request/, fault: refusal("000609") });
    for (const page of Object.values(pages())) {
      expect(await shown(page)).toContain("The virtual warehouse of SNOWFLAKE_WAREHOUSE is suspended.");
    }
  });

  it("say so where it is silent, each within its bound, and no conversation is begun", async () => {
    servers().proxy.plan({ on: /./, fault: { kind: "silence" } });
    const begun = beginConversation("things", "features of things");
    const { home, marts, mart } = pages();
    const waiting = [home, marts, mart, PipelinePage()].map(shown);
    const sentence = "Snowflake has not answered within 15 seconds";
    for (const html of await Promise.all(waiting)) expect(html).toContain(sentence);
    expect(await begun).toMatchObject({ ok: false, message: expect.stringContaining(sentence) });
    expect(await listConversations(viewer)).toEqual([]);
    servers().proxy.plan();
    expect(await names(100_000)).toEqual(["things"]);
  });
});
