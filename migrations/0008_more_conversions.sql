-- ISO 8601, or hours and minutes as a clock shows them.
create function remodel.interval_of(value text) returns interval
language plpgsql immutable parallel safe
set intervalstyle = 'iso_8601'
as $$
begin
  if value !~ '^\s*(-?P[-0-9YMWDTHS.]+|\d+:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)\s*$' then
    return null;
  end if;
  return btrim(value)::interval;
exception
  when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then return null;
end
$$;
--> statement-breakpoint
-- One of the options as a list of one; any other text is taken apart at its commas.
create function remodel.list_of(value text, options text[]) returns text[]
language sql immutable parallel safe
as $$
  select case when value = any (options) then array[value] else regexp_split_to_array(btrim(value), '\s*,\s*') end
$$;
--> statement-breakpoint
-- A JSON list of texts.
create function remodel.list_of(value jsonb) returns text[]
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(value) = 'array'
      and not exists (
        select
        from jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end) as element
        where jsonb_typeof(element) <> 'string'
      )
    then array(select jsonb_array_elements_text(case jsonb_typeof(value) when 'array' then value else '[]' end))
  end
$$;
--> statement-breakpoint
-- A GeoJSON point.
create function remodel.point_of(value jsonb) returns point
language sql immutable parallel safe
as $$
  select case
    when value ->> 'type' = 'Point'
      and jsonb_typeof(value -> 'coordinates' -> 0) = 'number'
      and jsonb_typeof(value -> 'coordinates' -> 1) = 'number'
      and jsonb_array_length(value -> 'coordinates') = 2
    then point(
      (value -> 'coordinates' ->> 0)::double precision,
      (value -> 'coordinates' ->> 1)::double precision
    )
  end
$$;
--> statement-breakpoint
create function remodel.text_of(value text[]) returns text
language sql immutable parallel safe
as $$
  select array_to_string(value, ', ')
$$;
