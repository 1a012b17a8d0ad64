import { type Refusal, refuse } from './reading.ts';

/** Places on earth, taken for a sphere of its mean radius: distances are within 0.6 % of those on the ellipsoid. */

/** Longitude and latitude, in degrees. */
export type Position = readonly [longitude: number, latitude: number];

/** West, south, east, north, as in GeoJSON (RFC 7946): west is greater than east where it crosses the 180th meridian. */
export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** The mean radius, in metres (IUGG). */
const RADIUS = 6_371_008.8;
const DEGREES = 180 / Math.PI;
/** A little more than a distance asks for, so that rounding leaves nothing out. */
const MARGIN = 1e-6;

/** The place, where there is such a one. */
export function positionOf(longitude: number, latitude: number): Position | Refusal {
  if (Math.abs(longitude) > 180) return refuse('must have a longitude, which comes first, from -180 to 180');
  if (Math.abs(latitude) > 90) return refuse('must have a latitude, which comes second, from -90 to 90');
  return [longitude, latitude];
}

/** Bounds that hold all that is as near to a place as that many metres, and not much more. */
export function boundsAround([longitude, latitude]: Position, metres: number): Bounds {
  const angle = metres / RADIUS;
  const reach = angle * DEGREES + MARGIN;
  const [south, north] = [latitude - reach, latitude + reach];
  // Around a pole, every longitude is near.
  if (south <= -90 || north >= 90) return [-180, Math.max(south, -90), 180, Math.min(north, 90)];
  const aside = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(latitude / DEGREES))) * DEGREES + MARGIN;
  const [west, east] = [longitude - aside, longitude + aside];
  if (west < -180 || east > 180) return [-180, south, 180, north];
  return [west, south, east, north];
}

/** The same as boxes that cross no meridian: one, or one on each side of the 180th. */
export function boxesOf([west, south, east, north]: Bounds): readonly Bounds[] {
  if (west <= east) return [[west, south, east, north]];
  return [
    [west, south, 180, north],
    [-180, south, east, north],
  ];
}
