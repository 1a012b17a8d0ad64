/** The page over a workspace's OpenAPI document. It knows nothing of the workspace until it has a token. */

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, token: string): void;
}

declare function SwaggerUIBundle(options: Readonly<Record<string, unknown>>): SwaggerUi;

/** Kept for the tab, and for no longer. */
const TOKEN = 'remodel.token';
const workspace = location.pathname.split('/')[2] ?? '';

const signIn = element('sign-in', HTMLFormElement);
const field = element('token', HTMLInputElement);
const refusal = element('refusal', HTMLElement);
const downloads = element('downloads', HTMLElement);

document.title = `Remodel: ${workspace}`;
element('title', HTMLElement).textContent = document.title;

signIn.addEventListener('submit', (event) => {
  event.preventDefault();
  void open(field.value.trim());
});
element('sign-out', HTMLElement).addEventListener('click', () => {
  sessionStorage.removeItem(TOKEN);
  location.reload();
});
for (const button of downloads.querySelectorAll('[data-name]')) {
  button.addEventListener('click', () => void download(button.getAttribute('data-name') ?? ''));
}

const known = sessionStorage.getItem(TOKEN);
if (known === null) signIn.hidden = false;
else void open(known);

/** Shows the document, or why it cannot be had. */
async function open(token: string): Promise<void> {
  const response = await get('openapi.json', token).catch(() => null);
  if (!response?.ok) {
    refusal.textContent = response ? await reasonOf(response) : 'The server cannot be reached.';
    signIn.hidden = false;
    return;
  }
  sessionStorage.setItem(TOKEN, token);
  signIn.hidden = true;
  downloads.hidden = false;
  const ui = SwaggerUIBundle({
    spec: await response.json(),
    dom_id: '#document',
    deepLinking: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    // It would ask another host.
    validatorUrl: null,
    onComplete: () => ui.preauthorizeApiKey('token', token),
  });
}

async function download(name: string): Promise<void> {
  const response = await get(name, sessionStorage.getItem(TOKEN) ?? '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What stands beside this page. */
function get(name: string, token: string): Promise<Response> {
  return fetch(name, { headers: { Authorization: `Bearer ${token}` } });
}

async function reasonOf(response: Response): Promise<string> {
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json') === true;
  return isProblem ? (await response.json()).detail : `The server answered ${response.status}.`;
}

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`the page has no ${id}`);
}
