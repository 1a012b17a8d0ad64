import { type CustomTypesConfig, neonConfig } from '@neondatabase/serverless';

/** Values as Postgres writes them: what becomes of a text is decided by who asked for it. */
export const RAW_TEXT: CustomTypesConfig = { getTypeParser: () => (value: string) => value };

/** Sends the driver to a local proxy (`HOST:PORT`) in place of Neon's own endpoints. For the whole isolate. */
export function useNeonProxy(address: string): void {
  neonConfig.fetchEndpoint = `http://${address}/sql`;
  neonConfig.wsProxy = `${address}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
}
