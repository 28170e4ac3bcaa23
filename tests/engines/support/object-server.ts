import { mkdir } from "node:fs/promises";
import path from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { firstThatRuns, installed, makeVenv, pythonOf, runToEnd } from "./install";
import { freePort, type ServerProcess, startServerProcess } from "./server-process";

export interface S3Server extends ServerProcess {
  url: string;
  /** Host and port. */
  address: string;
  accessKey: string;
  secretKey: string;
  /** Made and versioned. */
  bucket: string;
  /** Versitygw is true to S3 in signatures and conditions; moto checks no signatures. */
  maker: S3Program["maker"];
  /** What makes the app use it, as in `.env`. */
  settings: Record<string, string>;
}

interface S3Program {
  maker: "versitygw" | "moto";
  program: string;
}

const [accessKey, secretKey, bucket] = ["feature-mart-test", "a-secret-of-the-tests", "feature-mart"];
const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const moto = "moto[server,s3]==5.2.3";

/** Installs an S3 server, once per machine: versitygw by Go, or moto by Python where there is no Go. */
export async function installS3(): Promise<S3Program> {
  const go = await firstThatRuns(["go", "/usr/local/go/bin/go"], ["version"]);
  if (!go) {
    const venv = await installed(moto, (folder) => makeVenv(folder, [moto]));
    return { maker: "moto", program: pythonOf(venv) };
  }
  const folder = await installed(versitygw, (draft) =>
    runToEnd(go, ["install", versitygw], { CGO_ENABLED: "0", GOBIN: draft }),
  );
  return { maker: "versitygw", program: path.join(folder, "versitygw") };
}

/** Starts an S3 server on the loopback interface, with a versioned bucket in it. It keeps its objects in `folder`. */
export async function startS3(options: {
  folder: string;
  port?: number;
  detached?: boolean;
}): Promise<S3Server> {
  const { folder, detached } = options;
  const { maker, program } = await installS3();
  const port = options.port ?? (await freePort());
  const address = `127.0.0.1:${port}`;
  const url = `http://${address}`;
  const server = await startServerProcess({
    program,
    ...(maker === "versitygw" ? await versitygwStart(folder, address) : motoStart(port)),
    log: path.join(folder, "s3.log"),
    ...(detached ? { detached } : {}),
  });
  await createBucket(url);
  return { ...server, url, address, accessKey, secretKey, bucket, maker, settings: s3Settings(url) };
}

export function s3Settings(url: string): Record<string, string> {
  return {
    OBJECT_STORE: "s3",
    S3_ENDPOINT: url,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKey,
    S3_SECRET_ACCESS_KEY: secretKey,
  };
}

async function versitygwStart(folder: string, address: string) {
  const [objects, versions] = [path.join(folder, "objects"), path.join(folder, "old-versions")];
  const users = path.join(folder, "users");
  await Promise.all([objects, versions, users].map((each) => mkdir(each, { recursive: true })));
  return {
    args: [
      "--port",
      address,
      "--health",
      "/healthz",
      "--quiet",
      "--iam-dir",
      users,
      "posix",
      "--versioning-dir",
      versions,
      objects,
    ],
    env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    readyUrl: `http://${address}/healthz`,
  };
}

function motoStart(port: number) {
  const args = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
  return { args, readyUrl: `http://127.0.0.1:${port}/moto-api/data.json` };
}

async function createBucket(url: string): Promise<void> {
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  } finally {
    client.destroy();
  }
}
