// The frame of every page of the HTML report: no script needed, nothing loaded from elsewhere.
import { createHash } from "node:crypto";
import type { Report } from "../types.ts";
import { html } from "./html-parts.ts";
import { script } from "./html-script.ts";
import { style } from "./html-style.ts";

/** `main`: HTML of what it shows. */
export function page(title: string, { tool, started }: Pick<Report, "tool" | "started">, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${digest(style)}'; script-src '${digest(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip-link" href="#requirements">To the requirements</a>
<div class="wrap">
<header class="top"><div class="brand"><span><b>conform</b> report</span><span>${html(`${tool.name} ${tool.version}`)}, <time>${html(started)}</time></span></div></header>
<main>
${main}
</main>
<footer>Hidden and control characters in texts of the module are shown as <code>\\u001b</code>. MUST counts for the verdict; SHOULD counts with --strict, else it is a warning; MAY is a note.</footer>
</div>
<script>${script}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
