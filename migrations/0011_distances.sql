-- Metres between two places on earth, taken for a sphere of its mean radius (the haversine formula). Columns of
-- either type of points ask it, so that they answer alike.
create function remodel.metres(a point, b point) returns double precision
language sql immutable strict parallel safe
as $$
  select 2 * 6371008.8 * asin(least(1, sqrt(
    sin(radians(b[1] - a[1]) / 2) ^ 2
    + cos(radians(a[1])) * cos(radians(b[1])) * sin(radians(b[0] - a[0]) / 2) ^ 2
  )))
$$;
