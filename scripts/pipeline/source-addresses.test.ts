import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, it, vi } from "vitest";
import { startEmbedded } from "@/db/embedded";
import type { SourceAddresses } from "@/lib/pipeline/mart";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { withSourceAddresses } from "./source-addresses";

let dataDir: string;
let simulated: Server;
let host: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  simulated = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => simulated.once("listening", resolve));
  host = `127.0.0.1:${(simulated.address() as AddressInfo).port}`;
  const settings = {
    ...{ DATA_DIR: dataDir, MART_SELLERS: "50", MART_SEED: "3" },
    DATABASE_URL: await startEmbedded(inject("postgresFolder"), () => {}, { fsync: "off" }),
    SOURCE_PLATFORM_URL: "postgres://reader:s3cret-1@db.example.com:5433/shop?password=s3cret-2",
    SOURCE_CRM_URL: "https://me:s3cret-3@crm.example.com/hooks/s3cret-4?token=s3cret-5",
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterAll(async () => {
  simulated.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function read(): Promise<{ addresses: SourceAddresses; said: string[] }> {
  const said: string[] = [];
  const quiet = { log: (text: string) => void said.push(text), onProgress: () => {} };
  const addresses = await withSourceAddresses(quiet, async (found) => {
    said.push("reading");
    return found;
  });
  return { addresses, said };
}

const ofSettings = [
  "platform: read from db.example.com:5433/shop, SOURCE_PLATFORM_URL",
  "crm: read from crm.example.com, SOURCE_CRM_URL",
];

it("reads what is not set from npm run simulate while that runs, and says first where each source is, without secrets", async () => {
  const census = path.join(dataDir, "simulated", "census");
  const addresses: SourceAddresses = {
    ...{ platform: "postgres://app:s3cret-6@127.0.0.1:1/simulated", crm: `http://${host}/crm`, census },
    ...{ clickstream: `http://${host}/clickstream`, maps: `http://${host}/maps` },
  };
  await mkdir(path.join(dataDir, "simulated"));
  await writeFile(path.join(dataDir, "simulated", "addresses.json"), JSON.stringify(addresses));
  const found = await read();
  expect(found.addresses.crm).toContain("crm.example.com");
  expect(found.addresses.maps).toBe(addresses.maps);
  expect(found.said).toEqual([
    "npm run simulate is running. While it runs, pipelines of this DATA_DIR whose SOURCE_*_URL are not set read from it.",
    ...ofSettings,
    ...[`clickstream: read from ${host}, npm run simulate`, `maps: read from ${host}, npm run simulate`],
    `census: read from ${census}, npm run simulate`,
    "reading",
  ]);
});

it("simulates what is not set itself where no npm run simulate answers, and says so", async () => {
  simulated.close();
  simulated.closeAllConnections();
  const { said } = await read();
  const own = (source: string) =>
    expect.stringMatching(new RegExp(`^${source}: read from .+, simulated for this step: 50 sellers$`));
  expect(said).toEqual([...ofSettings, ...["clickstream", "maps", "census"].map(own), "reading"]);
  expect(said.join()).not.toContain("s3cret");
});
