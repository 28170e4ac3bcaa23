import { mkdir } from "node:fs/promises";
import path from "node:path";
import { installSnowflake, startSnowflake } from "@/tests/engines/support/emulator";
import { installS3, startS3 } from "@/tests/engines/support/object-server";
import { portOr } from "@/tests/engines/support/server-process";
import { rememberEngines, runningEngines } from "./state";

const ports = { s3: 18003, snowflake: 18002 };

/** Installs and starts what does not run yet, and prints the settings for `.env`. */
export async function startEngines(folder: string): Promise<void> {
  console.log("Installing what is not there yet. The first time takes some minutes.");
  const [{ maker }] = await Promise.all([installS3(), installSnowflake()]);
  if (maker === "moto") {
    console.log("There is no Go on this machine, so moto stands in for S3: it checks no signatures.");
  }
  const folders = { s3: path.join(folder, "s3"), snowflake: path.join(folder, "snowflake") };
  await Promise.all(Object.values(folders).map((each) => mkdir(each, { recursive: true })));

  const started = await runningEngines(folder);
  if (!started.S3) {
    const s3 = await startS3({ folder: folders.s3, port: await portOr(ports.s3), detached: true });
    started.S3 = { pid: s3.pid, url: s3.url, settings: s3.settings };
    await rememberEngines(folder, started);
  }
  if (!started.Snowflake) {
    const { settings } = started.S3;
    const { pid, url, ...snowflake } = await startSnowflake({
      folder: folders.snowflake,
      dbPath: folders.snowflake,
      port: await portOr(ports.snowflake),
      s3: {
        address: new URL(started.S3.url).host,
        accessKey: settings.S3_ACCESS_KEY_ID ?? "",
        secretKey: settings.S3_SECRET_ACCESS_KEY ?? "",
      },
      detached: true,
    });
    started.Snowflake = { pid, url, settings: snowflake.settings };
    await rememberEngines(folder, started);
  }
  const settings = Object.entries({ ...started.Snowflake.settings, ...started.S3.settings });
  console.log(`Both run. Put this into .env, and \`npm start\` uses them:\n`);
  console.log(settings.map(([name, value]) => `${name}=${value}`).join("\n"));
}
