import { setTimeout as delay } from "node:timers/promises";
import { config } from "@/lib/config";
import { log } from "@/lib/log";

const tries = 3;

/**
 * Tells the people behind ALERT_WEBHOOK_URL, which takes Slack's `{"text": …}`; does nothing where it is not set. Tried
 * three times; a webhook that does not work is logged and never thrown, since what it tells of has happened all the same.
 * @returns whether it was taken
 */
export async function sendAlert(text: string, url = config().alerts.url, pause = 1000): Promise<boolean> {
  if (!url) return false;
  for (let attempt = 1; ; attempt++) {
    const problem = await post(url, text);
    if (problem === null) return true;
    log.warn("alert failed", { attempt, problem });
    if (attempt === tries) return false;
    await delay(pause * attempt);
  }
}

/** What went wrong, without the address. */
async function post(url: string, text: string): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      redirect: "error",
      signal: AbortSignal.timeout(5_000),
    });
    await answer.body?.cancel();
    return answer.ok ? null : `status ${answer.status}`;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.name : "unknown";
  }
}
