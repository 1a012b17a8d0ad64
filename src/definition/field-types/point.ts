import type { FieldTypeSpec } from '../field-type.ts';
import { isObject } from '../property-reader.ts';
import { jsonCell } from '../values/csv-cell.ts';
import { type Position, positionOf } from '../values/earth.ts';
import { jsonFromText } from '../values/from-text.ts';
import { nearestDouble } from '../values/raw-number.ts';
import { type Refusal, refuse, schemaOf } from '../values/reading.ts';
import { metres, near, within } from './point-operators.ts';

function readPosition(value: unknown): Position | Refusal {
  const members = isObject(value) ? value : {};
  const { type, coordinates, ...rest } = members;
  if (type !== 'Point' || !Array.isArray(coordinates) || Object.keys(rest).length > 0) {
    return refuse('must be a GeoJSON point such as {"type": "Point", "coordinates": [13.4, 52.5]}');
  }
  const [longitude, latitude] = coordinates.map(nearestDouble);
  if (longitude === undefined || latitude === undefined || coordinates.length !== 2) {
    return refuse('must have two numbers as coordinates: longitude and latitude');
  }
  return positionOf(longitude, latitude);
}

/** A coordinate of a column of either type: PostGIS casts its points to those of Postgres. */
const coordinate = (column: string, n: 0 | 1) => `(${column}::point)[${n}]`;

const geoJson = (column: string) =>
  `case when ${column} is not null then json_build_object('type', 'Point', 'coordinates', ` +
  `json_build_array(${coordinate(column, 0)}, ${coordinate(column, 1)})) end`;

/**
 * A place on earth as GeoJSON (RFC 7946): longitude, then latitude, in degrees of WGS 84, each the nearest double. A
 * field made where the database has PostGIS has a column of its type, any other one of Postgres' own `point`; records
 * are the same. `index` is a GiST index, which serves `_near` and `_within`.
 */
export const point: FieldTypeSpec = {
  type: 'point',
  properties: [],
  checkProperties: () => [],
  columnType: ({ postgis }) => (postgis ? 'geometry(Point,4326)' : 'point'),
  validator: ({ postgis }) =>
    schemaOf((value) => {
      const position = readPosition(value);
      if ('refusal' in position) return position;
      return postgis ? `SRID=4326;POINT(${position.join(' ')})` : `(${position.join(',')})`;
    }),
  fromText: jsonFromText,
  csv: jsonCell(jsonFromText, geoJson),
  jsonExpression: geoJson,
  checks: ({ postgis }, column) => [
    `${coordinate(column, 0)} between -180 and 180 and ${coordinate(column, 1)} between -90 and 90`,
    ...(postgis ? [`not st_isempty(${column})`] : []),
  ],
  operators: ['_near', '_within', '_null'],
  ownOperators: { _near: near, _within: within },
  nearness: metres,
  ownIndex: { method: 'gist' },
  jsonSchema: () => ({
    type: 'object',
    properties: {
      type: { const: 'Point' },
      coordinates: {
        type: 'array',
        prefixItems: [
          { type: 'number', minimum: -180, maximum: 180 },
          { type: 'number', minimum: -90, maximum: 90 },
        ],
        items: false,
        minItems: 2,
      },
    },
    required: ['type', 'coordinates'],
    additionalProperties: false,
  }),
  typescript: () => `{ type: 'Point'; coordinates: readonly [number, number] }`,
};
