import { mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  guestCookie,
  isSameOrigin,
  issueGuestToken,
  newGuest,
  readGuestToken,
  signingSecret,
  terminalViewer,
} from ".";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "feature-mart-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("guest tokens", () => {
  const secret = "a secret of the tests";
  const guest = { id: "g1", name: "Zoë · guest" };

  it("bring the same guest back", () => {
    expect(readGuestToken(issueGuestToken(guest, secret), secret)).toEqual(guest);
  });

  it("are refused with another secret, changed claims, or a changed signature", () => {
    const token = issueGuestToken(guest, secret);
    const [claims = "", signature = ""] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ id: "g2", name: "x", expires: 9e9 })).toString("base64url");
    for (const bad of [
      issueGuestToken(guest, "another secret"),
      `${forged}.${signature}`,
      `${claims}.${signature.slice(1)}`,
      `${claims}.${signature}.${signature}`,
      `${claims}.`,
      claims,
      "",
      undefined,
    ]) {
      expect(readGuestToken(bad, secret)).toBeNull();
    }
  });

  it("end after their time", () => {
    const token = issueGuestToken(guest, secret, new Date("2026-01-01T00:00:00Z"));
    const lifetime = guestCookie.options.maxAge * 1000;
    const at = (milliseconds: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + milliseconds);
    expect(readGuestToken(token, secret, at(lifetime - 1000))).toEqual(guest);
    expect(readGuestToken(token, secret, at(lifetime + 1000))).toBeNull();
  });

  it("are for guests that all differ", () => {
    expect(newGuest().id).not.toBe(newGuest().id);
  });
});

describe("the data folder's secret", () => {
  it("is made once, also by many at once, and is readable by its owner alone", async () => {
    const dataDir = path.join(folder, "new", "data");
    const { signingSecret: inAnotherProcess } = await import("./secret?second" as "./secret");
    const secrets = await Promise.all([
      signingSecret(dataDir),
      inAnotherProcess(dataDir),
      signingSecret(dataDir),
    ]);
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(path.join(dataDir, "secret"))).mode & 0o777).toBe(0o600);
  });

  it("makes the terminal's viewer the same one each time, and another one elsewhere", async () => {
    const here = path.join(folder, "here");
    expect(await terminalViewer(here)).toEqual(await terminalViewer(here));
    expect((await terminalViewer(here)).id).not.toBe((await terminalViewer(path.join(folder, "there"))).id);
  });
});

describe("same origin", () => {
  const post = { method: "POST", origin: null, host: "localhost:3000", secFetchSite: null };
  it.each([
    ["our own page", { ...post, origin: "http://localhost:3000" }, true],
    ["another site", { ...post, origin: "https://evil.example" }, false],
    ["another port of this machine", { ...post, origin: "http://localhost:4000" }, false],
    ["a sandboxed frame", { ...post, origin: "null" }, false],
    ["an origin but no host", { ...post, origin: "http://localhost:3000", host: null }, false],
    ["no origin, said to be cross-site", { ...post, secFetchSite: "cross-site" }, false],
    ["no origin, same origin", { ...post, secFetchSite: "same-origin" }, true],
    ["a program that is no browser", post, true],
    ["reading from another site", { ...post, method: "get", origin: "https://evil.example" }, true],
  ])("%s", (_title, request, allowed) => {
    expect(isSameOrigin(request)).toBe(allowed);
  });
});
