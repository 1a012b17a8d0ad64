/** What `npm start` prints when all is up: the address, the token, and commands to try. */
export function welcome(options: {
  readonly url: string;
  readonly rootToken: string;
  readonly dataDir: string;
  readonly embeddedRedis: boolean;
}): string {
  const { url, rootToken, dataDir, embeddedRedis } = options;
  const authorization = `-H 'Authorization: Bearer ${rootToken}'`;
  const json = `-H 'Content-Type: application/json'`;
  return `
remodel runs at ${url}
root token      ${rootToken}
documentation   ${url}/v1/main/docs
data            ${dataDir}${embeddedRedis ? '\nRedis           played by ioredis-mock, in memory: redis-server is not installed' : ''}

Create a model:

  curl -X PUT ${url}/v1/main/models/movie ${authorization} ${json} \\
    -H 'Prefer: wait=10' -d '{"name": "movie", "fields": [{"name": "title", "type": "text", "required": true}]}'

Create a record:

  curl -X POST ${url}/v1/main/records/movie ${authorization} ${json} -d '{"title": "Metropolis"}'

List the records:

  curl ${url}/v1/main/records/movie ${authorization}

Ctrl-C stops everything.
`;
}
