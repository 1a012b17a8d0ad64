/** The least Worker that `npm start` can run: it shows its settings. */
export default {
  fetch(request: Request, env: Readonly<Record<string, unknown>>): Response {
    return new URL(request.url).pathname === '/health' ? new Response('ok') : Response.json(env);
  },
};
