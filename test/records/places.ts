import { expect } from 'vitest';
import type { Edge } from '../stack/answer.ts';

export const place = (longitude: number, latitude: number) => ({
  type: 'Point',
  coordinates: [longitude, latitude],
});

/** By name: cities, places where the 180th meridian and the poles are near, and one that is nowhere. */
const PLACES = {
  berlin: [13.405, 52.52],
  potsdam: [13.064, 52.391],
  paris: [2.3522, 48.8566],
  sydney: [151.2093, -33.8688],
  suva: [178.4419, -18.1416],
  apia: [-171.7514, -13.8333],
  alert: [-62.3481, 82.5018],
  pole: [0, 90],
  nowhere: null,
} as const;

/** Makes records of them in the model `town`, which has `name` and the point `at`. */
export async function makePlaces(system: Edge): Promise<void> {
  const towns = Object.entries(PLACES).map(([name, at]) => ({ name, at: at && place(at[0], at[1]) }));
  expect((await system.request('POST', '/v1/main/records/town', towns)).status).toBe(201);
}

/** What is true of any column of points, of either type; with and without an index. */
export async function expectPlaces(system: Edge): Promise<void> {
  const names = async (query: string) => {
    const { status, body } = await system.get(`/v1/main/records/town?${query}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.data.map(({ name }: { name: string }) => name);
  };
  const near = (value: string) => names(`sort=name&filter[at][_near]=${value}`);
  expect(await near('13.405,52.52,0')).toEqual(['berlin']);
  // 27.2 km by the haversine formula.
  expect(await near('13.405,52.52,27100')).toEqual(['berlin']);
  expect(await near('13.405,52.52,27300')).toEqual(['berlin', 'potsdam']);
  expect(await near('13.405,52.52,900000')).toEqual(['berlin', 'paris', 'potsdam']);
  // Across the 180th meridian, and around a pole.
  expect(await near('179.9,-16,1100000')).toEqual(['apia', 'suva']);
  expect(await near('100,89,1000000')).toEqual(['alert', 'pole']);
  expect(await near('0,0,20037508')).toHaveLength(8);
  const within = (value: string) => names(`sort=name&filter[at][_within]=${value}`);
  expect(await within('13.064,52,13.405,53')).toEqual(['berlin', 'potsdam']);
  expect(await within('13.065,52,13.404999,53')).toEqual([]);
  expect(await within('170,-20,-170,-10')).toEqual(['apia', 'suva']);
  expect(await within('-180,-90,180,90')).toHaveLength(8);
  const json = encodeURIComponent(JSON.stringify({ _not: { at: { _near: [13.4, 52.5, 1e6] } } }));
  expect(await names(`sort=name&filter=${json}`)).toEqual([
    'alert',
    'apia',
    'nowhere',
    'pole',
    'suva',
    'sydney',
  ]);
  const order = ['potsdam', 'berlin', 'paris', 'alert', 'pole', 'suva', 'apia', 'sydney'];
  const nearest = await names('nearest[at]=13.1,52.4');
  expect(nearest.toSorted()).toEqual(order.toSorted());
  expect(nearest.slice(0, 3)).toEqual(order.slice(0, 3));
  const pages: string[] = [];
  let cursor = '';
  do {
    const { body } = await system.get(
      `/v1/main/records/town?nearest[at]=13.1,52.4&limit=3&count=exact${cursor}`,
    );
    expect(body.page.total).toBe(8);
    pages.push(...body.data.map(({ name }: { name: string }) => name));
    cursor = body.page.next ? `&cursor=${body.page.next}` : '';
  } while (cursor);
  expect(pages).toEqual(nearest);
}
