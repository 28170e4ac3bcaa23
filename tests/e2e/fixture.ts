import { rm } from "node:fs/promises";
import path from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { findChromium } from "@/tests/support/find-chromium";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { type AppServer, startApp } from "./support/app-server";
import { ChatPage, launchChromium } from "./support/chat-page";

/** What the tests of a file share: to be read inside of them, since it is there only once they run. */
export interface AppInBrowser {
  /** Of this file alone; `dataDir` is in it. */
  folder: string;
  dataDir: string;
  server: AppServer;
  browser: Browser;
  /** The browser profile of the one person whom most tests are about. */
  person: BrowserContext;
  chat: ChatPage;
  /** Starts the app again where it was, after `server.kill()`. */
  startAgain(): Promise<void>;
}

interface Options {
  /** Fills the data folder before the app is started on it; without it the app begins from nothing. */
  fill?: (dataDir: string) => Promise<void>;
  /** Of the mart that the app builds where there is none. */
  sellers?: number | undefined;
  /** The page that is opened first. */
  at?: string;
}

const chromium = await findChromium();

/** Tests of the whole app, started by `npm start` on a data folder of its own, in a real browser. */
export function describeInBrowser(title: string, options: Options, tests: (app: AppInBrowser) => void): void {
  describe.skipIf(!chromium)(`${title} (skipped where there is no Chromium)`, () => {
    const app = {} as AppInBrowser;

    beforeAll(async () => {
      const { fill, sellers, at = "/" } = options;
      app.folder = await temporaryFolder();
      app.dataDir = path.join(app.folder, "data");
      await fill?.(app.dataDir);
      [app.server, app.browser] = await Promise.all([
        startApp({ dataDir: app.dataDir, sellers }),
        launchChromium(chromium as string),
      ]);
      app.startAgain = async () => {
        app.server = await startApp({ dataDir: app.dataDir, sellers, port: app.server.port });
      };
      app.person = await app.browser.newContext({ acceptDownloads: true });
      app.chat = await ChatPage.open(app.person, `${app.server.url}${at}`);
    }, 900_000);

    afterAll(async () => {
      await app.browser?.close();
      await app.server?.stop();
      await rm(app.folder, { recursive: true, force: true });
    }, 60_000);

    tests(app);
  });
}
