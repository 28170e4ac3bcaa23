import { createServer } from "node:net";
import { AppError } from "@/lib/errors";

/**
 * The port to serve on; for 0 any free one.
 * @throws AppError SETTINGS_INVALID that says what to do when it cannot be had
 */
export function choosePort(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", ({ code }: NodeJS.ErrnoException) => {
      reject(new AppError("SETTINGS_INVALID", sentence(code, port, host)));
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

function sentence(code: string | undefined, port: number, host: string): string {
  const other = port === 3000 ? 3001 : port + 1;
  if (code === "EADDRINUSE") {
    return `Port ${port} is in use, perhaps by this app already: try http://localhost:${port}. For another port: PORT=${other} npm start`;
  }
  if (code === "EACCES")
    return `Port ${port} needs more rights than this user has. Take another: PORT=3000 npm start`;
  return `This machine cannot listen on HOST=${host}. Take HOST=127.0.0.1 for this machine alone, or 0.0.0.0 for all.`;
}
