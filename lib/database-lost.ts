/** What the two PostgreSQL drivers and the server itself say when the server is gone, going, or not there yet. */
const driverCodes = ["CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED", "CONNECT_TIMEOUT"];
const networkCodes = [
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT"],
  ...["EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
];
/** Connection exceptions, too many connections, and: shutting down, crashed, starting. */
const serverStates = /^(08...|53300|57P0[1-5])$/;
const driverMessages =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/**
 * Was the work cut off since the app's database could not be reached, or broke off? Then it may have been done all the
 * same. A network error that a port of ours or `fetch` tells of is about something else.
 */
export function isDatabaseLost(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { name, message, code } = error as Error & { code?: unknown };
    if (name === "AppError") return code === "DATABASE_UNAVAILABLE";
    if (name === "TypeError") return false;
    if (driverMessages.test(message)) return true;
    if (typeof code !== "string") continue;
    if (driverCodes.includes(code) || networkCodes.includes(code) || serverStates.test(code)) return true;
  }
  return false;
}
