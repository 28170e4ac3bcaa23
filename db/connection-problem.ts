import { isDatabaseLost } from "@/lib/database-lost";

/** Why a PostgreSQL would not have us, in words that say what to correct. */
export interface ConnectionProblem {
  /** It may be over in a while, with nothing corrected. */
  isTemporary: boolean;
  /** Goes on from `The PostgreSQL of DATABASE_URL (host)`. */
  sentence: string;
}

/** @param thrown by `tryConnect` */
export function connectionProblem(url: string, thrown: unknown): ConnectionProblem {
  const { code = "", message = "" } = thrown as { code?: string; message?: string };
  const { hostname, pathname, username } = new URL(url);
  const final = (sentence: string) => ({ isTemporary: false, sentence });
  const temporary = (sentence: string) => ({ isTemporary: true, sentence });

  if (code === "28P01")
    return final(`refuses the password of ${named(username)}. Correct it in DATABASE_URL.`);
  if (code === "28000") {
    return final(
      /encryption/.test(message)
        ? "takes no connection from here without TLS. Add `?sslmode=verify-full` to DATABASE_URL."
        : `does not let ${named(username)} in from here. Correct the user in DATABASE_URL, or the server's pg_hba.conf.`,
    );
  }
  if (code === "3D000") {
    const name = decodeURIComponent(pathname.slice(1));
    return final(
      `has no database ${name}. Correct its name in DATABASE_URL, or make it: CREATE DATABASE "${name}".`,
    );
  }
  if (code === "42501")
    return final(`does not let ${named(username)} connect. Grant it CONNECT on the database.`);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return final(
      `shows a certificate for another host than ${hostname}. Put the name that it is for into DATABASE_URL, or take sslmode=verify-ca.`,
    );
  }
  if (code === "CERT_HAS_EXPIRED")
    return final("shows a certificate that has expired. Renew it on the server.");
  if (/CERT|SELF_SIGNED|UNABLE_TO_|SIGNATURE/.test(code)) {
    return final(
      "shows a certificate that nobody known has signed. Name its authority's PEM file in DATABASE_CA_FILE, or take sslmode=require to go without the check.",
    );
  }
  if (/does not support SSL/.test(message)) {
    return final("offers no TLS. Turn it on there, or take sslmode=disable where the network is safe.");
  }
  if (code === "ENOTFOUND") return temporary("is not known by that name. Correct the host if it stays so.");
  if (code === "57P03") return temporary("is starting, or shutting down.");
  if (code === "53300") return temporary("has all its connections taken.");
  if (isDatabaseLost(thrown) || /timeout/.test(message)) return temporary("does not answer.");
  return final("does not take the connection. The log has what it said.");
}

function named(username: string): string {
  return username === "" ? "the user" : decodeURIComponent(username);
}
