/** Who looks, and the word that every write sends along. */
export interface Session {
  visitor: string;
  csrf: string;
  /** Whether this is a reader of a study. */
  reads: boolean;
}

let current: Session | undefined;
let refused = "";

/** An error of the server, in its words; status 0 where it does not answer. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The session of this browser's cookie; undefined where there is none.
 * @param as whose page this is: what is written from it is never written as somebody else; undefined at the beginning
 */
export async function signedIn(as?: string): Promise<Session | undefined> {
  const answer = await reached("/api/session");
  const said = (await answer.json()) as Session & { error?: string };
  const session = answer.ok ? said : undefined;
  refused = said.error ?? "";
  if (as === undefined || session?.visitor === as) current = session;
  return session;
}

/** Why nobody is signed in, as the server says. */
export function whyNot(): string {
  return refused;
}

/** Whether who looks reads a study, and sees nothing else. */
export function reads(): boolean {
  return current?.reads ?? false;
}

/** Signs in with a token. */
export async function signIn(token: string): Promise<Session> {
  current = await send<Session>("POST", "/api/session", { token });
  return current;
}

/** Signs out, and begins anew with a page in which nothing of this one is left, and to which none leads back. */
export async function signOut(): Promise<void> {
  try {
    await send<unknown>("DELETE", "/api/session");
  } catch (error) {
    // Whose session is over is signed out.
    if (!(error instanceof ServerError && error.status === 401)) throw error;
  }
  location.replace("/");
}

/** What the server says at an address under /api. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read<T>(await reached(path, { signal: signal ?? null }));
}

/** Writes: with the session's word, which a page of another site does not know. */
export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (current) headers["X-Coverslip-Csrf"] = current.csrf;
  return read<T>(await reached(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }));
}

/** As `get`, with the version that `putWithVersion` begins with. */
export async function getWithVersion<T>(path: string): Promise<{ value: T; version: string }> {
  const answer = await reached(path);
  return { value: await read<T>(answer), version: answer.headers.get("ETag") ?? "" };
}

/** Replaces what has this version; refused where somebody else was faster. Returns the new version. */
export async function putWithVersion(path: string, value: unknown, version: string): Promise<string> {
  const headers = { "Content-Type": "application/json", "If-Match": version, "X-Coverslip-Csrf": current?.csrf ?? "" };
  const answer = await reached(path, { method: "PUT", headers, body: JSON.stringify(value) });
  await read<unknown>(answer);
  return answer.headers.get("ETag") ?? "";
}

/** A browser's words for a server that is gone ("Failed to fetch") tell nobody what to do. */
async function reached(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof TypeError)
      throw new ServerError(
        0,
        "The viewer does not answer: it was ended, or the way to it is cut. This page stays as it is; try again.",
      );
    throw error;
  }
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  const value = text ? (JSON.parse(text) as unknown) : undefined;
  if (!answer.ok) throw new ServerError(answer.status, (value as { error?: string })?.error ?? answer.statusText);
  return value as T;
}
