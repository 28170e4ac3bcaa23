import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const key = ["-newkey", "rsa:2048", "-nodes", "-sha256"];

/** A certificate authority of its own. @returns its PEM file; the key stands beside it */
export async function makeAuthority(folder: string, name: string): Promise<string> {
  const [certificate, keyFile] = files(folder, name);
  const extensions = ["-addext", "basicConstraints=critical,CA:TRUE"];
  await run("openssl", [
    ...["req", "-x509", ...key, "-days", "2", "-subj", `/CN=${name}`],
    ...["-keyout", keyFile, "-out", certificate, ...extensions],
  ]);
  return certificate;
}

/** A server's certificate for these names (as in `DNS:localhost`), signed by an authority of {@link makeAuthority}. */
export async function makeCertificate(
  folder: string,
  options: { authority: string; name: string; names: string[] },
): Promise<{ certificate: string; key: string }> {
  const [authority, authorityKey] = files(folder, options.authority);
  const [certificate, keyFile] = files(folder, options.name);
  const request = path.join(folder, `${options.name}.csr`);
  const extensions = path.join(folder, `${options.name}.ext`);
  await writeFile(extensions, `subjectAltName=${options.names.join(",")}\n`);
  await run("openssl", ["req", ...key, "-subj", `/CN=${options.name}`, "-keyout", keyFile, "-out", request]);
  await run("openssl", [
    ...["x509", "-req", "-sha256", "-days", "2", "-in", request, "-extfile", extensions],
    ...["-CA", authority, "-CAkey", authorityKey, "-CAcreateserial", "-out", certificate],
  ]);
  return { certificate, key: keyFile };
}

/** Whether this machine can make them. */
export async function hasOpenssl(): Promise<boolean> {
  return run("openssl", ["version"]).then(
    () => true,
    () => false,
  );
}

function files(folder: string, name: string): [certificate: string, key: string] {
  return [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
}
