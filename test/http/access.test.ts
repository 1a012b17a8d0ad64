import { describe, expect, test } from 'vitest';
import { ACCESS } from '../../src/http/access/access.ts';
import { createApp } from '../../src/http/app.ts';

describe('what routes ask of a key', () => {
  const routes = new Set(
    createApp()
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  );

  test('is written down for every route, and for nothing else', () => {
    expect(Object.keys(ACCESS).sort()).toEqual([...routes].sort());
  });
});
