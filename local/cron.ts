const EVERY = 60_000;

/** Calls the Worker's scheduled handler each minute: `wrangler dev` does not. Returns how to stop that. */
export function startCron(workerUrl: string, onFailure: (line: string) => void): () => void {
  const call = async () => {
    try {
      const response = await fetch(`${workerUrl}/cdn-cgi/handler/scheduled`, {
        signal: AbortSignal.timeout(EVERY),
      });
      await response.body?.cancel();
      if (!response.ok) onFailure(`The scheduled handler answered ${response.status}.`);
    } catch (error) {
      onFailure(`The scheduled handler did not answer: ${error instanceof Error ? error.message : error}`);
    }
  };
  const timer = setInterval(() => void call(), EVERY);
  return () => clearInterval(timer);
}
