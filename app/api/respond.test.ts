import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import { readJson } from "./read-json";
import { respond } from "./respond";

const address = "http://localhost:3000/api/chat";
const ours = { origin: "http://localhost:3000", host: "localhost:3000" };

describe("respond", () => {
  it("gives an error its status, code, sentence and details", async () => {
    const response = await respond(new Request(address), async () => {
      throw new AppError("RUN_ACTIVE", undefined, { details: { since: 3 } });
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: "RUN_ACTIVE", details: { since: 3 } } });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("tells nothing of an error that nobody expected", async () => {
    const response = await respond(new Request(address), async () => {
      throw new Error("connect ECONNREFUSED postgres://app:hunter2@db");
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/hunter2|ECONNREFUSED/);
  });

  it("works for our own pages and refuses those of others before any work is done", async () => {
    let worked = 0;
    const work = async () => {
      worked += 1;
      return new Response("done");
    };
    const post = (headers: Record<string, string>) => new Request(address, { method: "POST", headers });
    expect((await respond(post(ours), work)).status).toBe(200);
    expect((await respond(post({ ...ours, origin: "https://elsewhere.example" }), work)).status).toBe(400);
    expect(worked).toBe(1);
  });
});

describe("readJson", () => {
  const read = (body: string) =>
    readJson(new Request(address, { method: "POST", body }), z.object({ text: z.string() }), 100);

  it("reads what fits", async () => expect(await read('{"text":"a"}')).toEqual({ text: "a" }));

  it.each([
    ["no JSON", "{"],
    ["another shape", '{"text":1}'],
    ["nothing", ""],
    ["too much", JSON.stringify({ text: "a".repeat(200) })],
  ])("refuses %s", async (_title, body) => {
    await expect(read(body)).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});
