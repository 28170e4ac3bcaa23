import { describe, expect, it } from "vitest";
import { scriptedServer } from "@/tests/support/scripted-server";
import { httpSource, type Patience } from "./http";

const hasty: Partial<Patience> = { tries: 4, firstWaitMs: 1, longestWaitMs: 3000 };

function source(address: string, patience = hasty, signal = new AbortController().signal) {
  const lines: string[] = [];
  return { lines, ...httpSource("crm", address, { signal, log: (text) => lines.push(text), ...patience }) };
}

describe("a source's HTTP API", () => {
  it("keeps the address's own path and query, and sends its password as it should", async () => {
    const seen: unknown[] = [];
    const { url, asked } = await scriptedServer((_url, _count, headers) => {
      seen.push(headers.authorization);
      return { body: "yes" };
    });
    const address = `${url.replace("//", "//me:p%40ss@")}/v2/?tenant=7`;
    const { body } = await source(address).get("/changes", { after: 3, from: "a b" });
    expect(body.toString()).toBe("yes");
    expect(asked).toEqual(["/v2/changes?tenant=7&after=3&from=a+b"]);
    expect(seen).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
  });

  it("asks again after errors, dropped connections and bodies that break off", async () => {
    const { url, asked } = await scriptedServer((_url, count) => {
      if (count === 1) return { status: 503 };
      if (count === 2) return { isDropped: true };
      return { body: "a long answer", isDropped: count === 3 };
    });
    const crm = source(url);
    expect((await crm.get("/x")).body.toString()).toBe("a long answer");
    expect(asked).toHaveLength(4);
    expect(crm.lines[0]).toMatch(/^crm: it answered 503; asking again in \d/);
    expect(crm.lines[2]).toContain("the connection failed");
  });

  it("waits as long as it is told, however often", async () => {
    const until = Date.now() + 1500;
    const { url, asked } = await scriptedServer(() => {
      const date = new Date(until + 500).toUTCString();
      if (Date.now() >= until) return { body: "now" };
      return { status: 429, headers: { "retry-after": asked.length === 1 ? date : "0.2" } };
    });
    expect((await source(url, { ...hasty, tries: 1 }).get("/x")).body.toString()).toBe("now");
    expect(asked.length).toBeGreaterThan(1);
  });

  it("says when it may be asked again where that is long", async () => {
    const { url, asked } = await scriptedServer(() => ({ status: 429, headers: { "retry-after": "7200" } }));
    const failure = await source(url)
      .get("/x")
      .catch((thrown) => thrown);
    expect(failure).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    const opens = Date.parse(failure.details.opens) - Date.now();
    expect(opens).toBeGreaterThan(7_000_000);
    expect(opens).toBeLessThanOrEqual(7_200_000);
    expect(failure.message).toContain(failure.details.opens);
    expect(asked).toHaveLength(1);
  });

  it("stops asking when the quota is used up, until it renews", async () => {
    const renews = Date.now() + 1000;
    const { url, asked } = await scriptedServer((_url, count) => {
      const reset = new Date(count === 1 ? renews : Date.now() + 3_600_000).toISOString();
      return { headers: { "x-quota-remaining": "0", "x-quota-reset": reset } };
    });
    const maps = source(url);
    await maps.get("/x");
    await maps.get("/x");
    expect(Date.now()).toBeGreaterThan(renews - 10);
    await expect(maps.get("/x")).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("takes no more requests until 20"),
    });
    expect(asked).toHaveLength(2);
  });

  it.each([
    [401, "Put a name and password that it accepts into SOURCE_CRM_URL"],
    [404, "See whether SOURCE_CRM_URL is the address of such a source"],
  ])("does not ask again after %i", async (status, message) => {
    const { url, asked } = await scriptedServer(() => ({ status, body: "vendor text" }));
    await expect(source(url).get("/x")).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining(message),
    });
    expect(asked).toHaveLength(1);
  });

  it("gives up after so many tries and names the source and its setting, never its password", async () => {
    const { url, asked } = await scriptedServer(() => ({ status: 500, body: "vendor text" }));
    const failure = await source(url.replace("//", "//me:secret-word@"))
      .get("/x")
      .catch((thrown) => thrown);
    expect(failure.message).toMatch(
      /^The source crm did not answer in 4 tries \(it answered 500\).*SOURCE_CRM_URL/,
    );
    expect(failure.message + JSON.stringify(failure.details)).not.toMatch(/secret-word|vendor/);
    expect(asked).toHaveLength(4);
  });

  it("stops at once when it is told to, also while it waits", async () => {
    const stop = new AbortController();
    const { url, asked } = await scriptedServer(() => {
      setTimeout(() => stop.abort(new Error("stopped")), 20);
      return { status: 429, headers: { "retry-after": "3000" } };
    });
    const patience = { ...hasty, longestWaitMs: 1e7 };
    await expect(source(url, patience, stop.signal).get("/x")).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });
});
