-- What conversions of field types are made of. A value that does not convert gives null, never an error: that is
-- how the pre-flight counts it, and how a trigger may meet it. All are exact unless their caller rounds first.
create function remodel.number_of(value text) returns numeric
language sql immutable parallel safe
as $$
  select case
    when length(value) <= 2000 and value ~ '^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$' then value::numeric
  end
$$;
--> statement-breakpoint
create function remodel.integer_of(value numeric) returns integer
language sql immutable parallel safe
as $$
  select case
    when value = trunc(value) and value between -2147483648 and 2147483647 then value::integer
  end
$$;
--> statement-breakpoint
create function remodel.bigint_of(value numeric) returns bigint
language sql immutable parallel safe
as $$
  select case
    when value = trunc(value) and value between -9223372036854775808 and 9223372036854775807 then value::bigint
  end
$$;
--> statement-breakpoint
-- The number as `numeric(digits, scale)` holds it without rounding.
create function remodel.decimal_of(value numeric, digits integer, scale integer) returns numeric
language sql immutable parallel safe
as $$
  select case
    when value = round(value, scale) and abs(value) < power(10::numeric, digits - scale) then round(value, scale)
  end
$$;
--> statement-breakpoint
-- The number where a double says it with the same digits: 0.1 does, 2^53 + 1 does not.
create function remodel.float_of(value numeric) returns double precision
language plpgsql immutable parallel safe
as $$
declare
  float double precision;
begin
  float := value::double precision;
  return case when float::text::numeric = value then float end;
exception
  when numeric_value_out_of_range then return null;
end
$$;
--> statement-breakpoint
create function remodel.boolean_of(value text) returns boolean
language sql immutable parallel safe
as $$
  select case
    when lower(btrim(value)) in ('true', 't', 'yes', 'y', 'on', '1') then true
    when lower(btrim(value)) in ('false', 'f', 'no', 'n', 'off', '0') then false
  end
$$;
--> statement-breakpoint
create function remodel.uuid_of(value text) returns uuid
language sql immutable parallel safe
as $$
  select case
    when value ~ '^\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\s*$' then btrim(value)::uuid
  end
$$;
--> statement-breakpoint
create function remodel.date_of(value text) returns date
language plpgsql immutable parallel safe
as $$
begin
  if value !~ '^\s*\d{4}-\d{2}-\d{2}\s*$' then
    return null;
  end if;
  return make_date(
    substring(btrim(value) from 1 for 4)::integer,
    substring(btrim(value) from 6 for 2)::integer,
    substring(btrim(value) from 9 for 2)::integer
  );
exception
  when datetime_field_overflow then return null;
end
$$;
--> statement-breakpoint
create function remodel.time_of(value text) returns time
language sql immutable parallel safe
as $$
  select case
    when value ~ '^\s*([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?\s*$' then btrim(value)::time
  end
$$;
--> statement-breakpoint
-- RFC 3339; a day alone, and a moment without an offset, are taken to be of UTC.
create function remodel.moment_of(value text) returns timestamptz
language plpgsql immutable parallel safe
set timezone = 'UTC'
as $$
begin
  if remodel.date_of(substring(btrim(value) from 1 for 10)) is null
    or value !~ '^\s*\d{4}-\d{2}-\d{2}([Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?)?\s*$'
  then
    return null;
  end if;
  return btrim(value)::timestamptz;
exception
  when datetime_field_overflow or invalid_time_zone_displacement_value then return null;
end
$$;
--> statement-breakpoint
create function remodel.text_of(value timestamptz) returns text
language sql immutable parallel safe
as $$
  select rtrim(rtrim(to_char(value at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z'
$$;
--> statement-breakpoint
create function remodel.text_of(value date) returns text
language sql immutable parallel safe
as $$
  select to_char(value, 'YYYY-MM-DD')
$$;
--> statement-breakpoint
create function remodel.text_of(value jsonb) returns text
language sql immutable parallel safe
as $$
  select case jsonb_typeof(value) when 'string' then value #>> '{}' else value::text end
$$;
--> statement-breakpoint
-- Text, number or boolean of JSON as text; lists and objects are none of these.
create function remodel.scalar_of(value jsonb) returns text
language sql immutable parallel safe
as $$
  select case when jsonb_typeof(value) in ('string', 'number', 'boolean') then value #>> '{}' end
$$;
--> statement-breakpoint
-- JSON where the text is JSON, else the text as a JSON string. JSON null is kept as none.
create function remodel.json_of(value text) returns jsonb
language plpgsql immutable parallel safe
as $$
begin
  return nullif(value::jsonb, 'null'::jsonb);
exception
  when invalid_text_representation or untranslatable_character then return to_jsonb(value);
end
$$;
