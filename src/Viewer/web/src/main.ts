import "./style.css";
import { signedIn } from "./session";

const app = document.getElementById("app")!;

/** The page, once who looks is known; a form for the token otherwise. */
async function start() {
  const session = await signedIn();
  app.textContent = session ? `Signed in as ${session.visitor}.` : "Open the address that 'coverslip view' printed.";
}

void start();
