import type { Nearness, OwnOperator } from '../field-type.ts';
import { type Bounds, boundsAround, boxesOf, type Position, positionOf } from '../values/earth.ts';
import { elementsOf } from '../values/elements.ts';
import { jsonFromText, numberFromText } from '../values/from-text.ts';
import { nearestDouble } from '../values/raw-number.ts';
import { isRefusal, type Refusal, refuse } from '../values/reading.ts';

/** Half of the earth's girth, in metres: nothing is farther away. */
const FARTHEST = 20_037_508;

const LONGITUDE = { type: 'number', minimum: -180, maximum: 180 } as const;
const LATITUDE = { type: 'number', minimum: -90, maximum: 90 } as const;

const pointOf = ([longitude, latitude]: Position) => `(${longitude},${latitude})`;
const boxOf = ([west, south, east, north]: Bounds) => `((${east},${north}),(${west},${south}))`;

/** Within a box, by the index that columns of either type have. PostGIS keeps boxes rounded outwards. */
function isWithin(value: string, box: string, columnType: string): string {
  if (columnType === 'point') return `${value} <@ ${box}`;
  return `(${value} && st_setsrid((${box})::polygon::geometry, 4326) and ${value}::point <@ ${box})`;
}

/** As near to a place as that many metres: `LONGITUDE,LATITUDE,METRES`. */
export const near: OwnOperator = {
  operandSchema: {
    type: 'array',
    prefixItems: [LONGITUDE, LATITUDE, { type: 'number', minimum: 0, maximum: FARTHEST }],
    items: false,
    minItems: 3,
  },
  operandTypescript: 'readonly [longitude: number, latitude: number, metres: number]',
  read(value) {
    const numbers = readNumbers(value, 3);
    if (isRefusal(numbers)) return refuse('must be a longitude, a latitude, and a distance in metres');
    const [longitude = 0, latitude = 0, metres = 0] = numbers;
    const place = positionOf(longitude, latitude);
    if (isRefusal(place)) return place;
    if (!(metres >= 0 && metres <= FARTHEST))
      return refuse(`must have a distance of 0 to ${FARTHEST} metres`);
    return [boxOf(boundsAround(place, metres)), pointOf(place), String(metres)];
  },
  sql(value, [box = '', place = '', metres = ''], add, columnType) {
    const bounds = isWithin(value, add(box, 'box'), columnType);
    return `(${bounds} and ${distance(value, add(place, 'point'))} <= ${add(metres, 'float8')})`;
  },
};

/** Within `WEST,SOUTH,EAST,NORTH`, the edges included. */
export const within: OwnOperator = {
  operandSchema: {
    type: 'array',
    prefixItems: [LONGITUDE, LATITUDE, LONGITUDE, LATITUDE],
    items: false,
    minItems: 4,
  },
  operandTypescript: 'readonly [west: number, south: number, east: number, north: number]',
  read(value) {
    const numbers = readNumbers(value, 4);
    if (isRefusal(numbers)) return refuse('must be four numbers: west, south, east, north');
    const [west = 0, south = 0, east = 0, north = 0] = numbers;
    for (const corner of [positionOf(west, south), positionOf(east, north)]) {
      if (isRefusal(corner)) return corner;
    }
    if (south > north) return refuse('must have its south, which comes second, below its north');
    return boxesOf([west, south, east, north]).map(boxOf);
  },
  sql(value, boxes, add, columnType) {
    return `(${boxes.map((box) => isWithin(value, add(box, 'box'), columnType)).join(' or ')})`;
  },
};

/** By metres from a place: `LONGITUDE,LATITUDE`. */
export const metres: Nearness = {
  read(value) {
    const numbers = readNumbers(value, 2);
    const [longitude = 0, latitude = 0] = isRefusal(numbers) ? [] : numbers;
    if (isRefusal(numbers)) return refuse('must be a longitude and a latitude');
    const place = positionOf(longitude, latitude);
    return isRefusal(place) ? place : pointOf(place);
  },
  operandType: () => 'point',
  sql: distance,
};

function distance(value: string, place: string): string {
  return `remodel.metres(${value}::point, ${place})`;
}

/** From a list, or from the text of a query string: numbers with commas between them, or a list in JSON. */
function readNumbers(value: unknown, count: number): readonly number[] | Refusal {
  const given = typeof value === 'string' && value.startsWith('[') ? jsonFromText(value) : value;
  const list =
    typeof given === 'string'
      ? given.split(',').map((text) => numberFromText(text.trim()))
      : elementsOf(given);
  const numbers = (list ?? []).map((entry) => (typeof entry === 'string' ? undefined : nearestDouble(entry)));
  const all = numbers.filter((number) => number !== undefined);
  return all.length === count && numbers.length === count ? all : refuse(`must be ${count} numbers`);
}
