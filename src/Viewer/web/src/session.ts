/** Who looks, and the word that every write sends along. */
export interface Session {
  visitor: string;
  csrf: string;
  /** Whether this is a reader of a study. */
  reads: boolean;
}

let current: Session | undefined;

/** An error of the server, in its words. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The session of this browser's cookie; undefined where there is none. */
export async function signedIn(): Promise<Session | undefined> {
  const answer = await fetch("/api/session");
  current = answer.ok ? ((await answer.json()) as Session) : undefined;
  return current;
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

/** What the server says at an address under /api. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read<T>(await fetch(path, { signal: signal ?? null }));
}

/** Writes: with the session's word, which a page of another site does not know. */
export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (current) headers["X-Coverslip-Csrf"] = current.csrf;
  return read<T>(await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }));
}

/** As `get`, with the version that `putWithVersion` begins with. */
export async function getWithVersion<T>(path: string): Promise<{ value: T; version: string }> {
  const answer = await fetch(path);
  return { value: await read<T>(answer), version: answer.headers.get("ETag") ?? "" };
}

/** Replaces what has this version; refused where somebody else was faster. Returns the new version. */
export async function putWithVersion(path: string, value: unknown, version: string): Promise<string> {
  const headers = { "Content-Type": "application/json", "If-Match": version, "X-Coverslip-Csrf": current?.csrf ?? "" };
  const answer = await fetch(path, { method: "PUT", headers, body: JSON.stringify(value) });
  await read<unknown>(answer);
  return answer.headers.get("ETag") ?? "";
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  const value = text ? (JSON.parse(text) as unknown) : undefined;
  if (!answer.ok) throw new ServerError(answer.status, (value as { error?: string })?.error ?? answer.statusText);
  return value as T;
}
