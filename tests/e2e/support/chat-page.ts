import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const patience = 120_000;

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** The chat as a person uses it: by what is written on the page. */
export class ChatPage {
  readonly page: Page;
  /** What the browser complained about: errors of scripts, and what the content security policy refused. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy|hydrat/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(context: BrowserContext, address: string): Promise<ChatPage> {
    const chat = new ChatPage(await context.newPage());
    await chat.page.goto(address);
    return chat;
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel("Message", { exact: true }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** The run is over or waits: nothing is being written. */
  async settled(): Promise<void> {
    await this.page.getByRole("button", { name: "Send" }).waitFor();
  }

  /** Says something and waits until the answer stands. @returns the answer's text */
  async ask(text: string): Promise<string> {
    const before = await this.answers().count();
    await this.say(text);
    await this.answers().nth(before).waitFor();
    await this.settled();
    return (await this.answers().last().allInnerTexts()).join("\n");
  }

  /** Clicks a button of the question that waits, and waits until the run waits again or is over. */
  async decide(button: RegExp): Promise<void> {
    const before = await this.answers().count();
    await this.page.getByRole("button", { name: button }).click();
    await this.answers().nth(before).waitFor();
    await this.settled();
  }

  /** How far the page itself can be scrolled, in pixels: what is long scrolls inside it. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  }

  answers() {
    return this.page.locator('[data-role="assistant"]');
  }

  people() {
    return this.page.locator('[data-role="user"]');
  }

  button(name: RegExp) {
    return this.page.getByRole("button", { name });
  }

  /** All that is said in the conversation, without what is only loaded when it is scrolled near. */
  async transcript(): Promise<string[]> {
    await this.settled();
    // Of a copy that is not drawn, only its text content can be read.
    return this.page.locator("[data-role]").evaluateAll((messages) =>
      messages.map((message) => {
        const copy = message.cloneNode(true) as HTMLElement;
        for (const lazy of copy.querySelectorAll("[data-lazy]")) lazy.remove();
        return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
      }),
    );
  }
}
