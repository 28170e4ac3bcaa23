import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/**
 * Vendors at their worst: refuses every request, in the words of the vendor that it is meant for, and repeats all that was sent:
 * address, headers, body. S3 in paths under `/bucket`, the OpenAI protocol under `/v1`, Snowflake's sign-in, anything else as text.
 * @param status of all but Snowflake's, which refuses with 200
 */
export async function startEchoServer({ status = 401 } = {}) {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const sent = await buffer(request);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    const echo = `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`;
    heard.push(echo);
    const [, first] = (request.url ?? "").split(/[/?]/);
    const [type, text] = answerOf(first ?? "", echo);
    response.writeHead(first === "session" ? 200 : status, { "content-type": type }).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { heard, address, url: `http://${address}`, close };
}

function answerOf(first: string, echo: string): [type: string, text: string] {
  if (first === "session") {
    const refusal = { success: false, code: "390144", message: echo, data: { nextAction: echo } };
    return ["application/json", JSON.stringify(refusal)];
  }
  if (first === "v1") return ["application/json", JSON.stringify({ error: { message: echo, code: echo } })];
  if (first === "bucket") {
    const message = echo.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return [
      "application/xml",
      `<?xml version="1.0"?><Error><Code>InvalidAccessKeyId</Code><Message>${message}</Message></Error>`,
    ];
  }
  return ["text/plain", echo];
}
