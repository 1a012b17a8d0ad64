import { Hono } from 'hono';
import type { EdgeEnv } from '../edge.ts';

/** Scripts are those of this origin alone. Styles may be inline: the library writes some into its elements. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'public, max-age=300',
};

/** What it needs lies under `/docs`, as static assets (`local/build-assets.ts`). */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Remodel</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/page.js" defer></script>
</head>
<body>
<header>
<h1 id="title">Remodel</h1>
<span id="downloads" hidden>
<button data-name="openapi.json">openapi.json</button>
<button data-name="types.ts">types.ts</button>
<button data-name="definitions.json">definitions.json</button>
<button id="sign-out">Sign out</button>
</span>
</header>
<form id="sign-in" hidden>
<h2>Sign in</h2>
<p>The document is made of this workspace's models, and asks for the token as every request does. The token is kept in this
tab alone.</p>
<input id="token" type="password" aria-label="Token" placeholder="Token" autocomplete="off" required>
<button>Open</button>
<span id="refusal" role="alert"></span>
</form>
<main id="document"></main>
<noscript>This page needs JavaScript; openapi.json, beside it, does not.</noscript>
</body>
</html>
`;

/** The page over `openapi.json`: the same for every workspace, whether there is one or not, and for everybody. */
export const docsPage = new Hono<EdgeEnv>().get('/', (c) => c.html(PAGE, 200, HEADERS));
